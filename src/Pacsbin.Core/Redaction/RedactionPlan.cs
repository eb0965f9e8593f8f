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

    /// <summary>Tells what is erased of an instance.</summary>
    /// <param name="source">The instance.</param>
    /// <param name="burnedIn">What is erased besides, because it was erased of an earlier copy; null for nothing.</param>
    /// <exception cref="PacsbinException">As <see cref="PixelRedactor.For"/>; InvalidScript if a regular expression takes too long.</exception>
    public InstanceRedaction For(DicomFile source, IReadOnlyList<RedactionRegion>? burnedIn = null)
    {
        if (IsEmpty && burnedIn is not { Count: > 0 })
        {
            return default;
        }

        var device = devices?.Match(source);
        if (PixelRedactor.For(source, [.. regions, .. device?.Regions ?? [], .. burnedIn ?? []]) is not { } redactor)
        {
            return new InstanceRedaction(null, device, false);
        }

        // A person's region that hits nothing is a mistake; a signature's are for a family of devices, of which each has some.
        var isIdle = redactor.MissesAnyOf(InstanceUids.RegionsFor(source, regions)) || (device is { Regions.Count: > 0 } && !redactor.ErasesAnyOf(device.Regions));
        return new InstanceRedaction(redactor.Regions.Count > 0 ? redactor : null, device, isIdle);
    }

    /// <summary>Equal for equal plans, in whatever order their regions were planned.</summary>
    public override string ToString() => $"{devices?.Fingerprint}|{string.Join('|', regions.Select(Describe).Order(StringComparer.Ordinal))}";

    private static string Describe(RedactionRegion region) => FormattableString.Invariant(
        $"{region} {region.Shape} {region.Outside} {region.Clip} {region.SeriesInstanceUid} {region.SopInstanceUid} {region.FirstFrame}-{region.LastFrame}");
}

/// <summary>What is erased of one instance.</summary>
/// <param name="Redactor">Erases its pixels; null for nothing.</param>
/// <param name="Device">The signature that matched, whether or not it has regions; null for none.</param>
/// <param name="IsIdle">Whether a region of the plan that applies, or all of the device, lie wholly beyond the image.</param>
internal readonly record struct InstanceRedaction(PixelRedactor? Redactor, DeviceSignature? Device, bool IsIdle);
