"""The documents that the shipped limits rest on, as message ids for the catalogue; a test holds them against projects/data/funding_limits.yaml."""

from __future__ import annotations

from projects.core.text import N_

LAWS = (
    N_("发改投资〔2017〕649号"),
    N_("发改社会〔2021〕893号"),
    N_("发改社会规〔2019〕257号"),
    N_("国家发展改革委令第10号"),
    N_("建质〔2017〕138号"),
    N_("政府投资条例第十二条"),
    N_("粤发改投资〔2016〕382号"),
    N_("红绿灯办法通行数"),
    N_("财建〔2016〕503号"),
    N_("财建〔2022〕183号"),
    N_("通行数"),
    N_("预算法第五十二条"),
)
