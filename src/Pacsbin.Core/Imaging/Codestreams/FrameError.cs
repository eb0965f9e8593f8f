namespace Pacsbin.Imaging.Codestreams;

/// <summary>Makes the exceptions of this folder: what was expected and at which byte of the frame, never the bytes found.</summary>
internal static class FrameError
{
    public static PacsbinException Malformed(string what, int offset) =>
        new(PacsbinError.MalformedElement, $"{what} (byte {offset} of the frame).");

    public static PacsbinException Truncated(string what, int offset) =>
        new(PacsbinError.Truncated, $"{what} (byte {offset} of the frame).");

    public static PacsbinException Unsupported(string what, int offset) =>
        new(PacsbinError.UnsupportedTransferSyntax, $"{what} (byte {offset} of the frame).");
}
