using Pacsbin.Dicom;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Redaction;

/// <summary>What is erased of the instances of a study: the regions that a person planned, and those of the device that made an instance.</summary>
/// <param name="regions">In the UIDs of the source.</param>
/// <param name="devices">Where devices burn in text; null for no library.</param>
internal sealed class RedactionPlan(IReadOnlyList<RedactionRegion> regions, DeviceLibrary? devices)
{
    /// <summary>Whether nothing is ever erased.</summary>
    public bool IsEmpty => regions.Count == 0 && devices is null;

    /// <summary>What erases an instance's pixels; null for nothing.</summary>
    /// <param name="source">The instance.</param>
    /// <param name="device">The signature that matched, whether or not it has regions; null for none.</param>
    /// <exception cref="PacsbinException">As <see cref="PixelRedactor.For"/>.</exception>
    public PixelRedactor? RedactorFor(DicomFile source, out DeviceSignature? device)
    {
        device = devices?.Match(source);
        return PixelRedactor.For(source, device is null ? regions : [.. regions, .. device.Regions]);
    }

    /// <summary>Equal for equal plans.</summary>
    public override string ToString() => $"{devices?.Fingerprint}|{string.Join('|', regions.Select(Describe))}";

    private static string Describe(RedactionRegion region) => FormattableString.Invariant(
        $"{region} {region.Shape} {region.Outside} {region.Clip} {region.SeriesInstanceUid} {region.SopInstanceUid} {region.FirstFrame}-{region.LastFrame}");
}
