"""What the history and accounts know of projects and people, without their tables, is so."""

import pytest

from projects.core.tables import PERSON, PROJECT
from projects.models import Project, User


@pytest.mark.parametrize(("light", "model"), [(PROJECT, Project), (PERSON, User)])
def test_the_light_tables_have_columns_of_the_real_ones(light, model):
    real = model.__table__
    assert light.name == real.name
    for column in light.columns:
        assert isinstance(real.columns[column.name].type, type(column.type)), column
