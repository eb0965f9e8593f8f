using Pacsbin.Imaging.Jpeg;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>A component in a scan, and its DC prediction before and after erasing.</summary>
/// <param name="Frame">As the frame header has it.</param>
/// <param name="Quantization">Its quantization table, in force where its scan begins.</param>
/// <param name="Dc">The table of its DC differences.</param>
/// <param name="Ac">The table of its AC coefficients.</param>
/// <param name="FillDc">The quantized DC coefficient of an erased block.</param>
internal sealed record ScanComponent(JpegComponent Frame, ushort[] Quantization, ScanTable Dc, ScanTable Ac, int FillDc)
{
    /// <summary>The DC coefficient of the block before, in the source.</summary>
    public int Before { get; set; }

    /// <summary>The DC coefficient of the block before, in the result.</summary>
    public int After { get; set; }
}
