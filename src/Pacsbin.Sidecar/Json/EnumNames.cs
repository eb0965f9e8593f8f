using System.Text.Json.Serialization;

namespace Pacsbin.Sidecar.Json;

/// <summary>Reads and writes an enum by its names only; a number is refused.</summary>
internal sealed class EnumNames<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
