using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>A quantization table as it stands in DQT (T.81 B.2.4.1).</summary>
internal sealed class QuantizationTable(int precision, ReadOnlySpan<byte> steps)
{
    private readonly byte[] steps = steps.ToArray();

    /// <summary>The step of the DC coefficient.</summary>
    public int DcStep => precision == 0 ? steps[0] : BinaryPrimitives.ReadUInt16BigEndian(steps);

    public bool IsSameAs(QuantizationTable? other) => other is not null && steps.AsSpan().SequenceEqual(other.steps);

    public void Write(int destination, ByteBuffer output)
    {
        output.WriteMarker(JpegMarker.DefineQuantizationTables, 1 + steps.Length);
        output.Write([(byte)((precision << 4) | destination)]);
        output.Write(steps);
    }
}
