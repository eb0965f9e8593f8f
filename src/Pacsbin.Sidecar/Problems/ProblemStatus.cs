namespace Pacsbin.Sidecar.Problems;

/// <summary>The HTTP statuses of errors.</summary>
internal static class ProblemStatus
{
    public static int Of(PacsbinError error) => error switch
    {
        PacsbinError.RegionOutsideImage or PacsbinError.InvalidScript or PacsbinError.InvalidProfile => StatusCodes.Status400BadRequest,
        PacsbinError.FileAccessDenied => StatusCodes.Status403Forbidden,
        PacsbinError.FileNotFound => StatusCodes.Status404NotFound,
        PacsbinError.IdentifierLeft or PacsbinError.NotApproved or PacsbinError.ManifestConflict or PacsbinError.DestinationExists
            or PacsbinError.KeyMissing or PacsbinError.KeyMismatch => StatusCodes.Status409Conflict,
        PacsbinError.ArchiveRefused or PacsbinError.ArchiveFailed => StatusCodes.Status502BadGateway,
        PacsbinError.FileIo => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status422UnprocessableEntity, // what is wrong with a file's content
    };

    /// <summary>What is said of a status for which there is nothing else to say.</summary>
    public static string DetailOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request is not what the operation takes: see /openapi/v1.json.",
        StatusCodes.Status401Unauthorized => "Send the token of this start as 'Authorization: Bearer', or log in by a one-time link.",
        StatusCodes.Status403Forbidden => "The request comes from a page of another origin.",
        StatusCodes.Status404NotFound => "There is no such resource.",
        StatusCodes.Status405MethodNotAllowed => "The resource does not take this method; Allow says which it takes.",
        StatusCodes.Status408RequestTimeout => "The request came too slowly.",
        StatusCodes.Status413PayloadTooLarge => "The request's body is larger than the operation takes.",
        StatusCodes.Status415UnsupportedMediaType => "The operation takes a body of another media type, mostly application/json.",
        StatusCodes.Status421MisdirectedRequest => "The request is for another host.",
        StatusCodes.Status431RequestHeaderFieldsTooLarge => "The request's headers are too large.",
        StatusCodes.Status503ServiceUnavailable => "Too many requests are waiting: try again in a moment.",
        _ => "The request failed.",
    };
}
