using System.Management.Automation;

namespace Pacsbin.PowerShell;

/// <summary>Turns the core's errors into PowerShell's: the error's name is the id, the file is the target.</summary>
internal static class ErrorRecords
{
    /// <summary>An error record; what is shown names the file, the exception's own message does not.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="target">The file, the folder or the setting concerned.</param>
    /// <param name="advice">What to do about it, if that is known.</param>
    public static ErrorRecord Of(PacsbinException error, string target, string? advice = null) =>
        new(error, error.Error.ToString(), CategoryOf(error.Error), target)
        {
            ErrorDetails = new ErrorDetails($"{Printable(target)}: {Printable(error.Message)}{(advice is null ? "" : " " + advice)}") { RecommendedAction = advice ?? "" },
        };

    /// <summary>A path without characters that a terminal obeys; a file's name may hold any.</summary>
    public static string Printable(string path) => string.Concat(path.Select(c => char.IsControl(c) ? '?' : c));

    private static ErrorCategory CategoryOf(PacsbinError error) => error switch
    {
        PacsbinError.NotDicom or PacsbinError.Truncated or PacsbinError.MalformedElement => ErrorCategory.InvalidData,
        PacsbinError.LimitExceeded => ErrorCategory.LimitsExceeded,
        PacsbinError.UnsupportedTransferSyntax => ErrorCategory.NotImplemented,
        PacsbinError.RegionOutsideImage or PacsbinError.InvalidProfile => ErrorCategory.InvalidArgument,
        PacsbinError.InvalidScript => ErrorCategory.ParserError,
        PacsbinError.IdentifierLeft or PacsbinError.Quarantined => ErrorCategory.InvalidResult,
        PacsbinError.NotApproved => ErrorCategory.InvalidOperation,
        PacsbinError.ManifestConflict => ErrorCategory.ResourceBusy,
        PacsbinError.DestinationExists => ErrorCategory.ResourceExists,
        PacsbinError.KeyMissing or PacsbinError.KeyMismatch => ErrorCategory.SecurityError,
        PacsbinError.ArchiveRefused => ErrorCategory.AuthenticationError,
        PacsbinError.ArchiveFailed => ErrorCategory.ConnectionError,
        PacsbinError.FileNotFound => ErrorCategory.ObjectNotFound,
        PacsbinError.FileAccessDenied => ErrorCategory.PermissionDenied,
        PacsbinError.FileIo => ErrorCategory.ReadError,
        _ => ErrorCategory.NotSpecified,
    };
}
