using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Pacsbin.Projects;
using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>All frames of a file as the product's reader decodes them.</summary>
internal sealed record Decoded(ImageShape Shape, string TransferSyntax, byte[][] Frames)
{
    public static Decoded Of(byte[] bytes)
    {
        using var file = DicomFile.Open(new DicomSource(bytes));
        return Of(file);
    }

    public static Decoded Of(DicomFile file)
    {
        var reader = FrameReader.Open(file);
        Assert.NotNull(reader);
        var frames = new byte[reader.Frames][];
        for (var i = 0; i < frames.Length; i++)
        {
            frames[i] = new byte[reader.FrameLength];
            reader.Read(i, frames[i]);
        }

        return new Decoded(reader.Shape, file.TransferSyntax.Uid, frames);
    }

    /// <summary>A sample's cell as an unsigned number.</summary>
    public ulong At(int frame, int row, int column, int sample)
    {
        var size = Shape.BitsAllocated / 8;
        var pixel = ((long)row * Shape.Columns) + column;
        var cell = Shape.IsSubsampled ? ((pixel - (column % 2)) * 2) + (sample == 0 ? column % 2 : sample + 1)
            : Shape.IsPlanar ? ((long)sample * Shape.Rows * Shape.Columns) + pixel
            : (pixel * Shape.Samples) + sample;
        ulong value = 0;
        for (var i = size - 1; i >= 0; i--)
        {
            value = (value << 8) | Frames[frame][(cell * size) + i];
        }

        return value;
    }

    /// <summary>Requires every pixel to be either the fill value or what it was.</summary>
    /// <param name="before">The image before.</param>
    /// <param name="isErased">Of frame, row and column; null where any value is right.</param>
    /// <param name="fill">The value of each sample.</param>
    /// <param name="what">The case, for messages.</param>
    public void AssertErased(Decoded before, Func<int, int, int, bool?> isErased, ulong[] fill, string what)
    {
        Assert.Equal((before.Frames.Length, before.Shape.Rows, before.Shape.Columns, before.Shape.Samples), (Frames.Length, Shape.Rows, Shape.Columns, Shape.Samples));
        var kept = 0;
        for (var frame = 0; frame < Frames.Length; frame++)
        {
            for (var row = 0; row < Shape.Rows; row++)
            {
                for (var column = 0; column < Shape.Columns; column++)
                {
                    if (isErased(frame, row, column) is not { } erased)
                    {
                        continue;
                    }

                    kept += erased ? 0 : 1;
                    for (var sample = 0; sample < Shape.Samples; sample++)
                    {
                        var (expected, actual) = (erased ? fill[sample] : before.At(frame, row, column, sample), At(frame, row, column, sample));
                        if (expected != actual)
                        {
                            Assert.Fail($"{what}: frame {frame} row {row} column {column} sample {sample} is {actual}, expected {expected} ({(erased ? "erased" : "kept")}).");
                        }
                    }
                }
            }
        }

        Assert.True(kept > 0, $"{what}: nothing was to be kept.");
    }
}

/// <summary>Erases, as the product's callers do.</summary>
internal static class Erased
{
    /// <summary>Erases and writes the file's own data set.</summary>
    public static byte[] Of(byte[] bytes, params RedactionRegion[] regions)
    {
        using var file = DicomFile.Open(new DicomSource(bytes));
        return Of(file, regions);
    }

    /// <inheritdoc cref="Of(byte[], RedactionRegion[])"/>
    public static byte[] Of(DicomFile file, params RedactionRegion[] regions)
    {
        var redactor = PixelRedactor.For(file, regions);
        Assert.NotNull(redactor);
        redactor.Apply(file.Dataset);
        using var output = new MemoryStream();
        DicomFile.Write(output, file.Dataset, file.Source, redactor.TransferSyntax);
        return output.ToArray();
    }

    /// <summary>De-identifies with the product's profile, erases and writes.</summary>
    public static byte[] AndDeidentified(byte[] bytes, params RedactionRegion[] regions)
    {
        using var file = DicomFile.Open(new DicomSource(bytes));
        using var pseudonymizer = new Pseudonymizer(new byte[32]);
        var deidentifier = new Deidentifier(DeidentificationProfile.Pacsbin, pseudonymizer);
        using var result = deidentifier.Apply(file, redactor: PixelRedactor.For(file, regions));
        using var output = new MemoryStream();
        result.Write(output);
        return output.ToArray();
    }
}
