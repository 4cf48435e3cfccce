"""JSON Schemas of models: as a request must be (`validation`), or as an answer is (`serialization`)."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from messages.wire import Json

COMPONENTS = "#/components/schemas/"

Found = tuple[dict[Any, Json], dict[str, Json]]
"""Each type's schema, which is mostly a reference, and the definitions that they refer to by name."""


class Untitled(GenerateJsonSchema):
    """Without a title for every field, which only repeats its name."""

    def field_title_should_be_set(  # pyright: ignore[reportImplicitOverride] - `override` is of Python 3.12
        self,
        schema: Any,  # noqa: ARG002 - the signature is pydantic's
    ) -> bool:
        """Called by pydantic for every field."""
        return False


def schemas_of(shapes: Collection[Any], mode: JsonSchemaMode, prefix: str = COMPONENTS) -> Found:
    """Of one direction; `prefix` is where the definitions will lie."""
    inputs: list[tuple[Any, JsonSchemaMode, TypeAdapter[Any]]] = [
        (shape, mode, TypeAdapter(shape)) for shape in dict.fromkeys(shapes)
    ]
    found, rest = TypeAdapter.json_schemas(inputs, ref_template=prefix + "{model}", schema_generator=Untitled)
    definitions: dict[str, Json] = rest.get("$defs", {})
    generic = {name: schema["title"] for name, schema in definitions.items() if name.endswith("_")}
    tagged = {name: _tagged(schema) for name, schema in definitions.items()}
    return renamed(({shape: schema for (shape, _), schema in found.items()}, tagged), generic, prefix)


def renamed(found: Found, names: Mapping[str, str], prefix: str = COMPONENTS) -> Found:
    """The same with other names for some definitions, which are their titles too: generators name classes by those."""
    places = {prefix + old: prefix + new for old, new in names.items()}

    def follow(node: Json) -> Json:
        return {key: places.get(value, value) if isinstance(value, str) else value for key, value in node.items()}

    schemas, definitions = found
    return (
        {shape: walked(schema, follow) for shape, schema in schemas.items()},
        {names.get(name, name): _titled(walked(schema, follow), name, names) for name, schema in definitions.items()},
    )


def _titled(schema: Json, name: str, names: Mapping[str, str]) -> Json:
    return {**schema, "title": names[name]} if name in names and schema.get("title") == name else schema


def strict(schema: Json) -> Json:
    """As the gateway reads a body: no field that it does not know. A field may be called `properties` itself."""
    return {**schema, "additionalProperties": False} if "properties" in schema and "type" in schema else schema


def without_null(schema: Json) -> Json:
    """For what is simply left out of a query."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    rest = {name: value for name, value in schema.items() if name != "anyOf" and (name, value) != ("default", None)}
    return {**rest, **options[0]} if len(options) == 1 else rest


def walked(node: Any, change: Callable[[Json], Json]) -> Any:
    """The same JSON with every object changed, the innermost first."""
    if isinstance(node, list):
        return [walked(item, change) for item in node]
    if isinstance(node, dict):
        return change({name: walked(value, change) for name, value in node.items()})
    return node


def _tagged(schema: Json) -> Json:
    """A constant field tells variants apart, so it must be there, whatever its default."""
    fields: Json = schema.get("properties", {})
    required = [name for name in fields if name in schema.get("required", ()) or "const" in fields[name]]
    return {**schema, "required": required} if required else schema
