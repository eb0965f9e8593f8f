using Pacsbin.Dicom;

namespace Pacsbin;

/// <summary>Names everything that can be wrong with an input, a profile or a destination.</summary>
/// <remarks>The name is the error id in PowerShell and <c>urn:pacsbin:&lt;name&gt;</c> over HTTP.</remarks>
public enum PacsbinError
{
    /// <summary>Nothing in the file can be read as DICOM.</summary>
    NotDicom,

    /// <summary>The file ends inside an element.</summary>
    Truncated,

    /// <summary>A length, a VR or the nesting contradicts PS3.5 section 7.</summary>
    MalformedElement,

    /// <summary>Nesting, element count or inflated size exceeds what is read.</summary>
    LimitExceeded,

    /// <summary>The values of this transfer syntax cannot be cleaned, so the instance is withheld.</summary>
    UnsupportedTransferSyntax,

    /// <summary>A region lies beyond the image's rows, columns or frames.</summary>
    RegionOutsideImage,

    /// <summary>A script cannot be loaded.</summary>
    InvalidScript,

    /// <summary>A script withholds the file.</summary>
    Quarantined,

    /// <summary>The profile's options contradict each other.</summary>
    InvalidProfile,

    /// <summary>An identifier of the source was found in the copy; the copy is deleted.</summary>
    IdentifierLeft,

    /// <summary>No approval exists for exactly these bytes, or the study cannot be approved as it is.</summary>
    NotApproved,

    /// <summary>Another process is writing the same study.</summary>
    ManifestConflict,

    /// <summary>The destination holds this study already, made with other settings.</summary>
    DestinationExists,

    /// <summary>A key is missing or too short to protect anything.</summary>
    KeyMissing,

    /// <summary>The key is not that of the project.</summary>
    KeyMismatch,

    /// <summary>An archive does not accept who asks, or what the study is sent for.</summary>
    ArchiveRefused,

    /// <summary>An archive did not answer, answered what cannot be used, or has not taken every instance.</summary>
    ArchiveFailed,

    /// <summary>A file or folder does not exist.</summary>
    FileNotFound,

    /// <summary>The operating system denies access.</summary>
    FileAccessDenied,

    /// <summary>Reading or writing failed: disk full, share gone, device error.</summary>
    FileIo,
}

/// <summary>Reports a <see cref="PacsbinError"/> with its place; the message never holds an attribute's value.</summary>
public sealed class PacsbinException : Exception
{
    public PacsbinException(PacsbinError error, string message, Tag? tag = null, long? offset = null, Exception? innerException = null)
        : base(Locate(message, tag, offset), innerException)
    {
        Error = error;
        Tag = tag;
        Offset = offset;
    }

    /// <summary>What went wrong.</summary>
    public PacsbinError Error { get; }

    /// <summary>The attribute concerned, if one is.</summary>
    public Tag? Tag { get; }

    /// <summary>The byte offset in the file, if known.</summary>
    public long? Offset { get; }

    /// <summary>Translates an exception of the BCL's file functions; null if it is not one.</summary>
    public static PacsbinException? FromIo(Exception exception) => exception switch
    {
        PacsbinException own => own,
        FileNotFoundException or DirectoryNotFoundException => new(PacsbinError.FileNotFound, "The file or folder does not exist.", innerException: exception),
        UnauthorizedAccessException => new(PacsbinError.FileAccessDenied, "The operating system denies access.", innerException: exception),
        IOException io when IsFull(io) => new(PacsbinError.FileIo, "The disk is full.", innerException: exception),
        IOException io => new(PacsbinError.FileIo, $"Reading or writing failed (0x{io.HResult:X8}).", innerException: exception),
        _ => null,
    };

    /// <summary>ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows, ENOSPC of all others.</summary>
    private static bool IsFull(IOException exception) => OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 112 or 39 : exception.HResult == 28;

    private static string Locate(string message, Tag? tag, long? offset) => (tag, offset) switch
    {
        ({ } t, { } o) => $"{message} At {t}, byte {o}.",
        ({ } t, null) => $"{message} At {t}.",
        (null, { } o) => $"{message} At byte {o}.",
        _ => message,
    };
}
