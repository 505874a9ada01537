"""Bytes and text of files, within limits: no file that is opened can take the machine's memory."""

import codecs
import io
import re
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pilotlib.errors import PilotError

# A province's table of a hundred thousand rows is about 15 MB; what is larger is no table of people.
LARGEST_FILE = 100 * 2**20
MOST_MEMBERS = 10_000
KINDS = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text("utf-8"))
# Every ending of files that hold tables, also of such as are only said to be what they are → its kind.
ENDINGS: dict[str, str] = {}
for _kind, _about in KINDS.items():
    ENDINGS |= dict.fromkeys([_kind, *_about.get("also", [])], _kind)
READABLE_SUFFIXES = tuple(ending for ending in ENDINGS if ending != ".xlsb")


def read_bytes(path: Path) -> bytes:
    """A file's bytes, or a sentence saying why there are none."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise PilotError(f"{path.name}：没有这个文件（在 {path.parent} 中找过）。") from None
    except OSError as error:
        raise PilotError(f"{path.name}：无法读取（{error.strerror}）。请检查权限后再试。") from None
    if len(content) > LARGEST_FILE:
        most = LARGEST_FILE // 2**20
        raise PilotError(f"{path.name}：文件超过 {most} MB，不像一份申报表，没有读取。请只保留申报表后再试。")
    return content


def read_text(path: Path) -> str:
    """The text of a file, as `as_text` reads it; a PilotError also where the file is missing or too large."""
    return as_text(path.name, read_bytes(path))


def as_text(name: str, content: bytes) -> str:
    """The text that a file's bytes are, with line feeds; a PilotError where it is empty, or is no text."""
    text = content.decode(encoding_of(name, content))
    if "\0" in text:
        raise binary(name)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encoding_of(name: str, content: bytes, *, complete: bool = True) -> str:
    """The encoding of a text by its first bytes: UTF-16 by its mark, UTF-8, GB18030; or a PilotError."""
    if not content.strip():
        raise PilotError(f"{name}：文件是空的。请放入收到的文件后再运行。")
    marked, lines = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)), {}
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            # Of half a mark, which is no text, the decoder of utf-8-sig says nothing.
            codecs.getincrementaldecoder(encoding.removesuffix("-sig"))().decode(content, final=complete)
        except UnicodeDecodeError as error:
            lines[encoding] = content.count(b"\n", 0, error.start) + 1
            continue
        return encoding
    first = max(lines.values())
    whole = f"从第 {first} 行起不是同一种编码" if first > 1 else "编码无法识别"
    raise PilotError(f"{name}：不是文本文件，或{whole}。请另存为 UTF-8 编码的文本，或使用 xlsx。")


def binary(name: str) -> PilotError:
    """The error for a text file that is none."""
    return PilotError(f"{name}：含有二进制内容，不是文本文件。请确认扩展名与内容一致。")


def unpacked(name: str, content: bytes) -> dict[str, bytes]:
    """The members of a zip archive (also an xlsx, ods or docx) by name; PilotError if damaged, locked or too large."""
    with opening(name), zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        # What an entry says of its size is checked: reading stops there, and the checksum must fit.
        if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > LARGEST_FILE:
            most = f"{LARGEST_FILE // 2**20} MB 或 {MOST_MEMBERS} 个文件"
            raise PilotError(f"{name}：解压后超过 {most}，没有读取。请只保留申报表，另存后再试。")
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise locked(name)
        members = {}
        for entry in entries:
            member = entry.filename
            if not entry.flag_bits & 0x800:  # not in UTF-8
                with suppress(UnicodeError):
                    member = member.encode("cp437").decode("gb18030")
            members[member.replace("\\", "/")] = archive.read(entry)  # some write the separators of Windows
        return members


def locked(name: str) -> PilotError:
    """The error for a file that asks for a password."""
    return PilotError(f"{name}：有密码保护，无法打开。请去掉密码后另存，再试一次。")


@contextmanager
def opening(name: str) -> Iterator[None]:
    """Turn what libraries raise on a damaged file, each of a family of its own, into a PilotError."""
    try:
        yield
    except PilotError:
        raise
    except Exception as error:
        if re.search("password|encrypted", repr(error), re.IGNORECASE):
            raise locked(name) from None
        fault = f"{name}：文件损坏，或扩展名与内容不符（{type(error).__name__}）"
        raise PilotError(f"{fault}。请用原来的软件打开后另存，再试一次。") from None


def left_by_a_system(name: str) -> bool:
    """Whether a file was not sent but left in a folder by a system, an office program or a writer of Parquet."""
    path = Path(name)
    return path.name.startswith((".", "~$")) or "__MACOSX" in path.parts or (path.name[:1] == "_" and not path.suffix)
