"""The name of something in the library, as a type that checks itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from perforin.scenario.problems import nearest, one_of, shown, wrong


@dataclass(frozen=True)
class NameOf:
    """The name of something in the library; checked wherever a library is at hand."""

    kind: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(
            self._check, core_schema.str_schema(metadata={"pydantic_js_functions": [self._describe]})
        )

    def _describe(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "$comment": f"a name in the library, kind {self.kind}"}

    def _check(self, name: str, info: core_schema.ValidationInfo) -> str:
        library = (info.context or {}).get("library")
        if library is not None:
            names = library.names(self.kind)
            if name not in names:
                raise wrong(shown(name), one_of(names), nearest(name, names))
        return name
