using System.IO.Compression;

namespace Pacsbin.Dicom;

/// <summary>A DICOM file (PS3.10) read up to its large values, which stay in the source.</summary>
/// <remarks>The data sets and their values are valid until the file is disposed.</remarks>
public sealed class DicomFile : IDisposable
{
    /// <summary>The most bytes that a deflated data set may inflate to.</summary>
    public const int InflatedLimit = 256 * 1024 * 1024;

    private static ReadOnlySpan<byte> ImplementationClassUid => "2.25.236406128117305116174424813306473051185"u8;

    private static ReadOnlySpan<byte> ImplementationVersionName => "PACSBIN_PS"u8;

    private static ReadOnlySpan<byte> Preamble => new byte[128];

    private readonly DicomReader reader;

    private DicomFile(DicomReader reader, DicomSource source, TransferSyntax syntax, DicomDataset meta)
    {
        this.reader = reader;
        Source = source;
        TransferSyntax = syntax;
        FileMeta = meta;
        Dataset = DicomDataset.Rent();
    }

    /// <summary>The elements of group 0002; empty if the file has none.</summary>
    public DicomDataset FileMeta { get; }

    /// <summary>The data set.</summary>
    public DicomDataset Dataset { get; }

    /// <summary>How the data set is encoded: as declared, or as found where the declaration is missing or wrong.</summary>
    public TransferSyntax TransferSyntax { get; }

    /// <summary>What <see cref="FileRange"/>s point into; for a deflated data set the inflated bytes.</summary>
    public DicomSource Source { get; }

    /// <summary>The tolerances that reading took.</summary>
    public IReadOnlyList<Finding> Findings => reader.Findings.Findings;

    /// <summary>Reads a file's header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stopAfter">Leaves out the elements of the root data set from the first tag above this on.</param>
    /// <exception cref="PacsbinException">NotDicom, Truncated, MalformedElement, LimitExceeded, FileNotFound, FileAccessDenied or FileIo.</exception>
    public static DicomFile Open(string path, Tag? stopAfter = null)
    {
        DicomSource source;
        try
        {
            source = DicomSource.Open(path);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }

        return Open(source, stopAfter);
    }

    /// <summary>Reads the header of a DICOM file in <paramref name="source"/>, which the result disposes of.</summary>
    /// <inheritdoc cref="Open(string, Tag?)"/>
    public static DicomFile Open(DicomSource source, Tag? stopAfter = null) => Open(source, stopAfter, leavesPixels: false);

    /// <summary>Reads all of a file but its pixels, which stay in the source however few they are.</summary>
    /// <inheritdoc cref="Open(string, Tag?)"/>
    internal static DicomFile OpenWithoutPixels(DicomSource source) => Open(source, null, leavesPixels: true);

    private static DicomFile Open(DicomSource source, Tag? stopAfter, bool leavesPixels)
    {
        ArgumentNullException.ThrowIfNull(source);
        var reader = new DicomReader(source, isWhole: stopAfter is null && !leavesPixels) { LeavesPixels = leavesPixels };
        DicomFile? file = null;
        try
        {
            var meta = new DicomDataset();
            var declared = reader.ReadFileMeta(meta);
            if (declared is { IsDeflated: true })
            {
                var inflated = Inflate(source, reader.Offset);
                var findings = reader.Findings;
                meta = WithOwnValues(meta); // the reader's buffer goes back to the pool
                reader.Dispose();
                reader = new DicomReader(inflated, isWhole: true, findings);
                source.Dispose();
                source = inflated;
            }

            var syntax = reader.DetectSyntax(declared);
            file = new DicomFile(reader, source, syntax.Declared, meta);
            reader.ReadDataset(file.Dataset, syntax.Actual, stopAfter);
            return file;
        }
        catch (Exception e)
        {
            if (file is null)
            {
                reader.Dispose();
                source.Dispose();
            }

            file?.Dispose();
            if (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
            {
                throw known;
            }

            throw;
        }
    }

    /// <summary>Writes the file with its own data set and a new file meta group.</summary>
    public void Save(Stream output) => Write(output, Dataset, Source, TransferSyntax);

    /// <summary>Writes a Part 10 file: a preamble of zeros, file meta (PS3.10 7.1) and the data set.</summary>
    /// <param name="output">Receives the bytes; it stays open.</param>
    /// <param name="dataset">What is written; its SOP Class and Instance UID go into the file meta group.</param>
    /// <param name="source">Where ranges and fragments of the data set are copied from.</param>
    /// <param name="syntax">The transfer syntax.</param>
    public static void Write(Stream output, DicomDataset dataset, DicomSource source, TransferSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(syntax);
        using var writer = new DicomWriter(output, (int)Math.Clamp(source.Length + 4096, 64 * 1024, 1024 * 1024));
        writer.WriteBytes(Preamble);
        writer.WriteBytes("DICM"u8);
        writer.Write(CreateFileMeta(dataset, syntax), source, TransferSyntax.ExplicitVrLittleEndian);
        if (!syntax.IsDeflated)
        {
            writer.Write(dataset, source, syntax);
            writer.Flush();
            return;
        }

        writer.Flush();
        using var counter = new CountingStream(output);
        using (var deflate = new DeflateStream(counter, CompressionLevel.Optimal, leaveOpen: true))
        using (var inner = new DicomWriter(deflate))
        {
            inner.Write(dataset, source, syntax);
            inner.Flush();
        }

        if ((counter.Position & 1) != 0)
        {
            output.WriteByte(0); // PS3.5 A.5: an odd deflate stream is padded with one NUL
        }
    }

    public void Dispose()
    {
        Dataset.Release();
        reader.Dispose();
        Source.Dispose();
    }

    /// <summary>The bytes before the data set: preamble, prefix and file meta group.</summary>
    internal static long HeaderLength(DicomDataset dataset, TransferSyntax syntax) =>
        132 + 12 + BitConverter.ToUInt32(CreateFileMeta(dataset, syntax)[0].Value.Span);

    /// <summary>The file meta group of a data set that has the SOP Class and Instance UID.</summary>
    internal static DicomDataset CreateFileMeta(DicomDataset dataset, TransferSyntax syntax)
    {
        var meta = new DicomDataset(capacity: 8);
        meta.Set(new DicomElement(Tags.FileMetaInformationGroupLength, Vr.UL, new byte[4]));
        meta.Set(new DicomElement(Tags.FileMetaInformationVersion, Vr.OB, new byte[] { 0, 1 }));
        if (dataset.TryGet(Tags.SopClassUid, out var sopClass))
        {
            meta.Set(new DicomElement(Tags.MediaStorageSopClassUid, Vr.UI, sopClass.Value));
        }

        if (dataset.TryGet(Tags.SopInstanceUid, out var instance))
        {
            meta.Set(new DicomElement(Tags.MediaStorageSopInstanceUid, Vr.UI, instance.Value));
        }

        meta.Set(new DicomElement(Tags.TransferSyntaxUid, Vr.UI, System.Text.Encoding.ASCII.GetBytes(syntax.Uid)));
        meta.Set(new DicomElement(Tags.ImplementationClassUid, Vr.UI, ImplementationClassUid.ToArray()));
        meta.Set(new DicomElement(Tags.ImplementationVersionName, Vr.SH, ImplementationVersionName.ToArray()));
        var length = 0;
        for (var i = 1; i < meta.Count; i++)
        {
            var value = meta[i].Value.Length;
            length += (meta[i].Vr.HasLongLength() || value > 0xFFFE ? 12 : 8) + value + (value & 1); // as DicomWriter: PS3.5 6.2.2
        }

        meta.Set(new DicomElement(Tags.FileMetaInformationGroupLength, Vr.UL, BitConverter.GetBytes(length)));
        return meta;
    }

    private static DicomSource Inflate(DicomSource source, long offset)
    {
        try
        {
            return Inflate(source, offset, isZlib: false);
        }
        catch (InvalidDataException)
        {
            // Seen in the wild: RFC 1950 instead of the RFC 1951 of PS3.5 A.5.
        }

        try
        {
            RefuseDictionary(source, offset);
            return Inflate(source, offset, isZlib: true);
        }
        catch (InvalidDataException e)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The deflated data set cannot be inflated.", offset: offset, innerException: e);
        }
    }

    private static void RefuseDictionary(DicomSource source, long offset)
    {
        Span<byte> header = stackalloc byte[2];
        if (source.Read(offset, header) == 2 && (header[1] & 0x20) != 0)
        {
            // RFC 1950 2.2: FDICT; .NET reports a dictionary that is missing as a failure of the disk.
            throw new InvalidDataException();
        }
    }

    private static DicomSource Inflate(DicomSource source, long offset, bool isZlib)
    {
        // Counted first, so that only what the stream really holds is asked for.
        var bytes = new byte[InflatedLength(source, offset, isZlib)];
        using var stream = OpenInflater(new SourceStream(source, offset), isZlib);
        stream.ReadExactly(bytes);
        return new DicomSource(bytes);
    }

    private static long InflatedLength(DicomSource source, long offset, bool isZlib)
    {
        using var compressed = new SourceStream(source, offset);
        using var stream = OpenInflater(compressed, isZlib);
        var scratch = new byte[64 * 1024];
        long length = 0;
        for (int read; (read = stream.Read(scratch)) > 0;)
        {
            length += read;
            if (length > InflatedLimit)
            {
                throw new PacsbinException(PacsbinError.LimitExceeded, $"The deflated data set inflates to more than {InflatedLimit} bytes.", offset: offset);
            }
        }

        // .NET ends the stream without complaint where its input ends.
        return !compressed.WasReadPastEnd ? length
            : throw new PacsbinException(PacsbinError.Truncated, "The file ends inside the deflated data set.", offset: source.Length);
    }

    private static Stream OpenInflater(SourceStream compressed, bool isZlib) =>
        isZlib ? new ZLibStream(compressed, CompressionMode.Decompress) : new DeflateStream(compressed, CompressionMode.Decompress);

    private static DicomDataset WithOwnValues(DicomDataset meta)
    {
        var copy = new DicomDataset(capacity: meta.Count);
        for (var i = 0; i < meta.Count; i++)
        {
            if (meta[i] is { Sequence: null, Range: null, Fragments: null } element)
            {
                copy.Append(new DicomElement(element.Tag, element.Vr, element.Value.ToArray()));
            }
        }

        return copy;
    }
}
