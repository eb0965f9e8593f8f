using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Pacsbin.Dicom;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Description;

/// <summary>What the OpenAPI document says beside what the endpoints say themselves.</summary>
internal static class ApiDocument
{
    public const string Route = "/openapi/{documentName}.json";

    private const string Token = "token";
    private const string Session = "session";

    /// <summary>Problems that any operation may answer with.</summary>
    private static readonly (string Status, string Description)[] Always =
    [
        ("400", "The request is not what the operation takes."), ("401", "Neither the token nor a session."), ("403", "A path, an origin or a host that is not allowed."),
        ("404", "What is named is not there."), ("409", "The state of things does not allow it."), ("413", "The body is too large."), ("422", "A file cannot be processed."),
        ("500", "Something failed here."), ("503", "Too many requests are waiting."),
    ];

    public static void Set(OpenApiOptions options)
    {
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // What converters write, the generator cannot know.
            var isNullable = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) is not null;
            var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
            if (type == typeof(Tag) || type.IsEnum)
            {
                schema.Type = isNullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
            }

            if (type == typeof(SseItem<Job>))
            {
                schema.Description = "An event of a job's stream.";
            }

            if (type == typeof(Tag))
            {
                schema.Pattern = @"^\([0-9A-F]{4},[0-9A-F]{4}\)$";
            }
            else if (type.IsEnum)
            {
                schema.Enum = [.. Enum.GetNames(type).Select(n => JsonValue.Create(n))];
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, cancellationToken) =>
        {
            var problem = await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellationToken);
            context.Document?.AddComponent(nameof(Problem), problem);
            var reference = new OpenApiSchemaReference(nameof(Problem), context.Document);
            operation.Responses ??= [];
            foreach (var (status, description) in Always)
            {
                operation.Responses.TryAdd(status, new OpenApiResponse
                {
                    Description = description,
                    Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = reference, Example = status == "404" ? Example() : null } },
                });
            }

            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            foreach (var parameter in operation.Parameters ?? [])
            {
                ParameterDescription.Describe(parameter);
            }

            if (metadata.OfType<BinaryAnswer>().FirstOrDefault() is { } binary)
            {
                operation.Responses["200"] = new OpenApiResponse
                {
                    Description = "OK",
                    Content = binary.MediaTypes.ToDictionary(m => m, _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } }),
                };
            }

            if (metadata.OfType<FilesBody>().Any())
            {
                var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
                var form = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema> { ["files"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = file } },
                };
                operation.RequestBody = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType> { ["multipart/form-data"] = new() { Schema = form } } };
            }

            if (metadata.OfType<BodyExample>().FirstOrDefault() is { } example)
            {
                foreach (var body in operation.RequestBody?.Content?.Values ?? [])
                {
                    body.Example = example.Body.DeepClone();
                }
            }
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "PacsbinPS",
                Version = typeof(ApiDocument).Assembly.GetName().Version?.ToString(3),
                Description = "The operations of PacsbinPS on this machine. Every failure is application/problem+json; its type is urn:pacsbin: and the error's name. JSON is strict: members that are not known are refused.",
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Token] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The token of this start, from the sidecar's token file." },
                [Session] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "pacsbin-{port}", Description = "The session of a browser that came by a one-time link." },
            };
            document.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Token, document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Session, document)] = [] },
            ];
            return Task.CompletedTask;
        });
    }

    private static JsonObject Example() => new()
    {
        ["type"] = "urn:pacsbin:FileNotFound",
        ["title"] = "FileNotFound",
        ["status"] = 404,
        ["detail"] = "The workspace has no such study.",
    };
}
