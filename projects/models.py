"""Every table by name. Each stands with its feature in a `tables.py`: columns, constraints, relationships; no rules, no
queries.

Conventions: money is integer fen (`Fen`), percentages carry two decimals (`Percent`), instants are UTC (`UTCDateTime`),
days are Beijing days, a month is its first day. `is_sample` marks 示例 rows that `projects demo --clear` removes.
`version` columns turn a second writer into a conflict. Features import the tables of areas above them from where these
stand; this list is for whoever needs all of them: the factory, migrations, tests.
"""

from projects.core.sent.tables import SentForm as SentForm
from projects.core.tables import Place as Place, Setting as Setting
from projects.people.accounts.tables import (
    AddressTries as AddressTries,
    ApiToken as ApiToken,
    KeptForm as KeptForm,
    LoginSession as LoginSession,
    PasswordHistory as PasswordHistory,
    ProjectAssignment as ProjectAssignment,
    Unit as Unit,
    User as User,
    UserPlace as UserPlace,
)
from projects.people.requests.tables import ConsentRequest as ConsentRequest
from projects.history.record.tables import AuditCheckpoint as AuditCheckpoint, AuditEntry as AuditEntry
from projects.portfolio.readings.tables import PlanProposal as PlanProposal, PlanReading as PlanReading
from projects.register.cards.tables import (
    ProjectCard as ProjectCard,
    SourceNeed as SourceNeed,
    YearPlan as YearPlan,
)
from projects.register.documents.tables import Clause as Clause, PlanDocument as PlanDocument
from projects.register.projects.tables import (
    FormerProgramme as FormerProgramme,
    Programme as Programme,
    Project as Project,
    ProjectEnd as ProjectEnd,
)
from projects.register.promises.tables import ProgrammeTally as ProgrammeTally, Target as Target
from projects.register.selection.tables import ProjectSearch as ProjectSearch
from projects.works.files.tables import Attachment as Attachment
from projects.works.gates.tables import Gate as Gate
from projects.works.reports.tables import (
    MonthlyReport as MonthlyReport,
    ReportStep as ReportStep,
    StageProgress as StageProgress,
)
from projects.works.schedule.tables import (
    FormerBaseline as FormerBaseline,
    FormerPlan as FormerPlan,
    FormerWeight as FormerWeight,
    Milestone as Milestone,
    WorkStage as WorkStage,
)
from projects.works.stops.tables import Event as Event
from projects.money.contracts.tables import Contract as Contract, WorkValue as WorkValue
from projects.money.documents.tables import FundingDocument as FundingDocument
from projects.money.findings.tables import FindingStep as FindingStep, FundingLimit as FundingLimit
from projects.money.imports.tables import ImportBatch as ImportBatch
from projects.money.ladder.tables import (
    CompositionRevision as CompositionRevision,
    FundingComposition as FundingComposition,
)
from projects.money.ledger.tables import LedgerEntry as LedgerEntry
from projects.money.standing.tables import (
    CompletionStatus as CompletionStatus,
    FindingStatus as FindingStatus,
    LadderStatus as LadderStatus,
    MoneyStatus as MoneyStatus,
)
from projects.money.matching.tables import Alias as Alias, MatchDecision as MatchDecision
from projects.money.receipts.tables import FundingPeriod as FundingPeriod, TreasuryReceipt as TreasuryReceipt
from projects.verdicts.forecast.tables import ReferenceVersion as ReferenceVersion
from projects.verdicts.rules.tables import (
    Exemption as Exemption,
    RuleChoice as RuleChoice,
    RuleSetVersion as RuleSetVersion,
)
from projects.verdicts.status.tables import (
    KeptDay as KeptDay,
    KeptProjectStatus as KeptProjectStatus,
    KeptTargetStatus as KeptTargetStatus,
    ProjectStatus as ProjectStatus,
    TargetStatus as TargetStatus,
)
from projects.portfolio.ledger.tables import (
    LedgerItem as LedgerItem,
    LedgerLayout as LedgerLayout,
    LedgerUpload as LedgerUpload,
)
