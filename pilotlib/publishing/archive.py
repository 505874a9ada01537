"""Office files are zip archives: the same content in the same bytes."""

import io
import re
import zipfile

_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can say
_TIMES = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")


def without_times(office_file: bytes) -> bytes:
    """The same office file without the time at which it was made."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(office_file)) as given,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            content = given.read(name)
            if name == "docProps/core.xml":
                content = _TIMES.sub(b"", content)
            made.writestr(zipfile.ZipInfo(name, _NO_TIME), content, compress_type=zipfile.ZIP_DEFLATED)
    return target.getvalue()
