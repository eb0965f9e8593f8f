using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Decodes whole files with the programs of other makers.</summary>
internal static class PeerDecoder
{
    private const string Pydicom = "import pydicom,sys\nd=pydicom.dcmread(sys.argv[1])\nd.decompress()\nd.save_as(sys.argv[2])";

    /// <summary>The decoders that may know a transfer syntax.</summary>
    public static IEnumerable<string> Of(string syntax) => syntax switch
    {
        "1.2.840.10008.1.2.5" => ["dcmdrle", "gdcmconv", "pydicom"],
        "1.2.840.10008.1.2.4.50" or "1.2.840.10008.1.2.4.51" or "1.2.840.10008.1.2.4.55" or "1.2.840.10008.1.2.4.57" or "1.2.840.10008.1.2.4.70" => ["dcmdjpeg", "gdcmconv"],
        _ => [],
    };

    /// <summary>The decoded file; null if the program refuses it.</summary>
    public static Decoded? TryDecode(string decoder, byte[] file)
    {
        var folder = Directory.CreateTempSubdirectory("pacsbin-peer-");
        try
        {
            var (input, output) = (Path.Join(folder.FullName, "in.dcm"), Path.Join(folder.FullName, "out.dcm"));
            File.WriteAllBytes(input, file);
            var result = decoder switch
            {
                // Colors as they are stored, pixel by pixel: conversions round.
                "dcmdjpeg" => Peer.Run(decoder, ["+cn", "+px", input, output]),
                "dcmdrle" => Peer.Run(decoder, [input, output]),
                "gdcmconv" => Peer.Run(decoder, ["--raw", input, output]),
                _ => Peer.Run(Peer.Python, ["-c", Pydicom, input, output]),
            };
            return result.ExitCode == 0 && File.Exists(output) ? Decoded.Of(File.ReadAllBytes(output)) : null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The decoded file; fails the test if the program refuses it.</summary>
    public static Decoded Decode(string decoder, byte[] file, string what)
    {
        var decoded = TryDecode(decoder, file);
        Assert.True(decoded is not null, $"{what}: {decoder} refuses the file.");
        return decoded!;
    }

    /// <summary>Requires those decoders that know the file's format to see the same pixels as the product; returns how many do.</summary>
    /// <param name="file">The file.</param>
    /// <param name="decoded">What the product makes of it.</param>
    /// <param name="tolerance">By how much a sample may differ.</param>
    public static int AssertAgree(byte[] file, Decoded decoded, ulong tolerance = 0)
    {
        var agreed = 0;
        foreach (var decoder in Of(decoded.TransferSyntax))
        {
            // pydicom reorders planes without saying so; gdcm mixes up the bytes of colors of 16 bits, in its own RLE too.
            var isMistaken = decoder == "pydicom" ? decoded.Shape.IsPlanar : decoder == "gdcmconv" && decoded.Shape is { Samples: 3, BitsAllocated: 16 };
            if (isMistaken || TryDecode(decoder, file) is not { } peer)
            {
                continue;
            }

            Assert.Equal(decoded.Frames.Length, peer.Frames.Length);
            for (var i = 0; i < decoded.Shape.Rows * decoded.Shape.Columns * decoded.Shape.Samples * decoded.Frames.Length; i++)
            {
                var (sample, column) = (i % decoded.Shape.Samples, i / decoded.Shape.Samples % decoded.Shape.Columns);
                var (row, frame) = (i / decoded.Shape.Samples / decoded.Shape.Columns % decoded.Shape.Rows, i / decoded.Shape.Samples / decoded.Shape.Columns / decoded.Shape.Rows);
                var (ours, theirs) = (decoded.At(frame, row, column, sample), peer.At(frame, row, column, sample));
                if (Math.Max(ours, theirs) - Math.Min(ours, theirs) > tolerance)
                {
                    Assert.Fail($"{decoder}: frame {frame} row {row} column {column} sample {sample} is {theirs}, and {ours} for the product.");
                }
            }

            agreed++;
        }

        return agreed;
    }
}
