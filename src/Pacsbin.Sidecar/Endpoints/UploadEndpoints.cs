using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Jobs;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Files of callers that share no disk with the sidecar.</summary>
internal static class UploadEndpoints
{
    private const int LongestBoundary = 70; // RFC 2046 5.1.1

    public static void Map(RouteGroupBuilder v1)
    {
        var uploads = v1.MapGroup("/uploads").WithTags("Uploads").WithMetadata(new BodyLimit(UploadFolder.MostBytes));
        uploads.MapPost("", AddAsync).Named("Add-PacsbinUpload", "Takes files for a job that de-identifies them.",
            "Each part of the body is a file, DICOM or .zip; names are not used. They are deleted when the job has ended, or after a day without one.")
            .WithMetadata(new FilesBody());
        uploads.MapDelete("/{id}", Remove).Named("Remove-PacsbinUpload", "Deletes files that were uploaded.");
    }

    private static async Task<Created<Upload>> AddAsync(HttpRequest request, UploadFolder uploads, JobQueue queue, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw new RequestRefusedException(StatusCodes.Status415UnsupportedMediaType);
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        if (boundary.Length is 0 or > LongestBoundary)
        {
            throw RequestRefusedException.BadRequest("The body's media type has no boundary of 1 to 70 characters.");
        }

        queue.DeleteForgottenUploads();
        var upload = await uploads.AddAsync(boundary.ToString(), request.Body, cancellationToken);
        return TypedResults.Created($"/v1/uploads/{upload.Id}", upload);
    }

    private static NoContent Remove(string id, UploadFolder uploads, JobQueue queue)
    {
        if (queue.IsUsed(id))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "A job uses the upload.");
        }

        return uploads.Delete(id) ? TypedResults.NoContent() : throw new PacsbinException(PacsbinError.FileNotFound, "There is no such upload.");
    }
}
