using System.Text.Json.Nodes;

namespace Pacsbin.Sidecar.Description;

/// <summary>An example of an operation's body.</summary>
/// <param name="Body">JSON.</param>
internal sealed record BodyExample(JsonNode Body);

/// <summary>The media types of an answer that is no JSON.</summary>
/// <param name="MediaTypes">The first is the one without parameters of the request.</param>
internal sealed record BinaryAnswer(params IReadOnlyList<string> MediaTypes);

/// <summary>Says that an operation takes files in multipart/form-data.</summary>
internal sealed record FilesBody;

/// <summary>How operations say what they are.</summary>
internal static class OperationDescription
{
    /// <summary>Names an operation by its cmdlet, with a suffix where a cmdlet has several operations.</summary>
    public static RouteHandlerBuilder Named(this RouteHandlerBuilder operation, string name, string summary, string? description = null)
    {
        operation.WithName(name).WithSummary(summary);
        return description is null ? operation : operation.WithDescription(description);
    }

    /// <summary>Shows a body that the operation takes.</summary>
    public static RouteHandlerBuilder WithExample(this RouteHandlerBuilder operation, string json) => operation.WithMetadata(new BodyExample(JsonNode.Parse(json)!));
}
