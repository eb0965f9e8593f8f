using Microsoft.AspNetCore.Http.Metadata;
using Pacsbin.Sidecar.Problems;

namespace Pacsbin.Sidecar.Access;

/// <summary>Refuses query parameters that an operation does not have, or that come twice: a mistyped one must not pass for one left out.</summary>
internal sealed class KnownParameters(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is { } endpoint && context.Request.Query.Count > 0)
        {
            var known = endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>();
            foreach (var (name, values) in context.Request.Query)
            {
                var parameter = known.FirstOrDefault(p => p.Name == name && !context.Request.RouteValues.ContainsKey(name));
                if (parameter is null || (values.Count > 1 && !parameter.ParameterInfo.ParameterType.IsArray))
                {
                    throw RequestRefusedException.BadRequest("The query has a parameter that the operation does not have, or one that comes more than once. Names are case-sensitive.");
                }
            }
        }

        return next(context);
    }
}
