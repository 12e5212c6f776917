"""The form that files come with: any number of file inputs named `files`."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField

from projects.web.forms import Form
from projects.works.files.checks import MAX_BYTES


class FilesForm(Form):
    """What was sent; an input left empty, as browsers send it, counts for nothing."""

    files = MultipleFileField(_l("照片或文件"))

    def sent(self) -> Iterator[tuple[str, bytes]]:
        """(name, bytes) of each file, one at a time; of a larger one just enough is read to see that it is too
        large.
        """
        for one in self.files.data or ():
            if getattr(one, "filename", ""):
                yield one.filename, one.stream.read(MAX_BYTES + 1)
