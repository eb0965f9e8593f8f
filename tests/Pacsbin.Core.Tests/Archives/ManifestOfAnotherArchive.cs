using Pacsbin.Studies;

namespace Pacsbin.Tests.Archives;

/// <summary>A manifest as if its study had been sent elsewhere.</summary>
internal static class ManifestOfAnotherArchive
{
    public static Manifest WithTarget(this Manifest manifest, string from, string to) => manifest with
    {
        Files = [.. manifest.Files.Select(f => f with { Sent = [.. f.Sent!.Select(s => s.Target == from ? s with { Target = to } : s)] })],
    };
}
