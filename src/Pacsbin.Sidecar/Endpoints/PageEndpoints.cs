using Microsoft.AspNetCore.StaticFiles;
using Pacsbin.Sidecar.Access;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>The files of the review page. They hold nothing of any study, so that a browser without a session gets them and can be told how to log in.</summary>
internal static class PageEndpoints
{
    private const string Start = "index.html";

    public static void Map(IEndpointRouteBuilder app)
    {
        var folder = Path.Join(AppContext.BaseDirectory, "wwwroot");
        var types = new FileExtensionContentTypeProvider();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');
            var type = types.TryGetContentType(name, out var known) ? known : throw new NotSupportedException($"No media type is known for {name}.");
            app.MapGet($"/{(name == Start ? "" : name)}", () => TypedResults.PhysicalFile(file, type)).ExcludeFromDescription().WithMetadata(new OpenToAll());
        }
    }
}
