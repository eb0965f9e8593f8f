namespace Pacsbin.Dicom;

/// <summary>A table of UTF-8 lines with tab-separated columns that ships inside the assembly.</summary>
internal static class EmbeddedTable
{
    /// <summary>Reads an embedded resource whole.</summary>
    internal static byte[] Read(string name)
    {
        using var stream = typeof(EmbeddedTable).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the assembly.");
        var table = new byte[stream.Length];
        stream.ReadExactly(table);
        return table;
    }

    /// <summary>Takes the text up to <paramref name="end"/> off the front of <paramref name="rest"/>.</summary>
    internal static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, byte end)
    {
        var length = rest.IndexOf(end);
        var taken = length < 0 ? rest : rest[..length];
        rest = length < 0 ? default : rest[(length + 1)..];
        return taken;
    }
}
