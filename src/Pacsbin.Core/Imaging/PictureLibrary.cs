using System.Runtime.InteropServices;

namespace Pacsbin.Imaging;

/// <summary>Tells a person why SkiaSharp's native library cannot be loaded.</summary>
internal static class PictureLibrary
{
    /// <summary>The systems and processors whose library the module ships.</summary>
    private const string Supported = "win-x64, win-arm64, linux-x64, linux-arm64 (both with glibc), osx-x64, osx-arm64";

    /// <summary>The error for an exception of SkiaSharp's first use; null if it is another.</summary>
    public static PacsbinException? ErrorOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
            {
                return new PacsbinException(
                    PacsbinError.FileNotFound,
                    $"The library that makes pictures, libSkiaSharp, cannot be loaded on {RuntimeInformation.RuntimeIdentifier}. The module has it for {Supported}.",
                    innerException: exception);
            }
        }

        return null;
    }
}
