using Pacsbin.Dicom;

namespace Pacsbin;

/// <summary>Kinds of <see cref="Finding"/>.</summary>
public enum FindingKind
{
    /// <summary>The transfer syntax was missing or wrong and was guessed from the bytes.</summary>
    TransferSyntaxGuessed,

    /// <summary>There is no preamble or no file meta group.</summary>
    FileMetaMissing,

    /// <summary>An element occurred twice in one data set; the first was read, the others dropped.</summary>
    DuplicateElement,

    /// <summary>Elements were not in ascending order and were sorted.</summary>
    ElementsOutOfOrder,

    /// <summary>An element had an odd length.</summary>
    OddLength,

    /// <summary>An element had a VR that PS3.5 does not define.</summary>
    UnknownVr,

    /// <summary>A sequence or item ended at the end of the file or of its parent instead of at its delimiter.</summary>
    MissingDelimiter,

    /// <summary>Bytes after the data set, or after a deflate stream, were dropped.</summary>
    TrailingBytes,

    /// <summary>A file meta element stood inside the data set and was dropped.</summary>
    FileMetaInDataSet,

    /// <summary>An attribute that the data dictionary does not know was removed.</summary>
    UnknownAttribute,

    /// <summary>A value did not conform to its VR and was emptied or replaced.</summary>
    InvalidValue,

    /// <summary>A value that should have been a date or time was not one and was emptied.</summary>
    InvalidDate,

    /// <summary>The SOP Class is not in PS3.6; composite actions were resolved to the safest.</summary>
    UnknownSopClass,

    /// <summary>The pixels, or an encapsulated document, may carry text that identifies the patient.</summary>
    BurnedInSuspected,

    /// <summary>Pixel bytes beyond the last frame or after the end of an image were dropped.</summary>
    PixelBytesDropped,

    /// <summary>Text inside a compressed frame or an ICC profile was removed.</summary>
    CodestreamTextRemoved,

    /// <summary>The pixels are kept by a provider elsewhere; the link to it was removed.</summary>
    PixelsElsewhere,

    /// <summary>The file has no Patient ID; its patient was taken from other files of the study, or from the study itself.</summary>
    PatientIdMissing,

    /// <summary>Two patients share one Study Instance UID.</summary>
    SeveralPatients,

    /// <summary>Two source files carry one SOP Instance UID; only the first was taken.</summary>
    DuplicateInstance,

    /// <summary>Regions that are meant for the image, of a person or of its device, lie wholly beyond it; nothing was erased for them.</summary>
    RegionErasedNothing,

    /// <summary>What had been burned into an earlier copy is not erased in this one, which was written again by force.</summary>
    RedactionUndone,

    /// <summary>The image came into a study of a workspace after regions had been burned into other images of it, and they are not erased in this one.</summary>
    RedactionMissing,

    /// <summary>A word that is an identifier of the source stands in the copy, and the project's allow list calls it harmless.</summary>
    CoincidenceAllowed,

    /// <summary>The study was approved, and its files are not those that were approved any more.</summary>
    ApprovalVoid,

    /// <summary>The Patient ID has spaces around it that do not count (PS3.5 6.2); the patient is the one without them.</summary>
    PatientIdSpaces,

    /// <summary>The project knows the same Patient ID of another issuer, which is another patient (PS3.3 C.2.2).</summary>
    PatientWithOtherIssuer,

    /// <summary>A script gave a value that the attribute's VR cannot hold. The attribute was emptied; in an exact run it has its value still.</summary>
    ValueNotStored,

    /// <summary>What a script's rule left of an attribute had an identifier of the source in it; the profile decided in its place.</summary>
    RuleOverruled,

    /// <summary>An identifier of the source stands in the copy, which a script that is run exactly has left.</summary>
    IdentifierLeft,

    /// <summary>The Patient ID is, but for case, the pseudonym of another patient of the project: that patient's copies seem to name this one, or this is such a copy.</summary>
    PatientIdIsPseudonym,
}

/// <summary>Something a person should look at. It holds no attribute's value.</summary>
/// <param name="Kind">What was found.</param>
/// <param name="Tag">The attribute concerned, if one is.</param>
/// <param name="Detail">Why, in words that are constant for the kind and attribute; null where the kind says it all.</param>
public sealed record Finding(FindingKind Kind, Tag? Tag = null, string? Detail = null)
{
    public override string ToString() => (Tag, Detail) switch
    {
        ({ } tag, { } detail) => $"{Kind} {tag}: {detail}",
        ({ } tag, null) => $"{Kind} {tag}",
        (null, { } detail) => $"{Kind}: {detail}",
        _ => Kind.ToString(),
    };
}

/// <summary>The findings of one file: each once, and not more than a person would read.</summary>
internal sealed class FindingLog
{
    private const int Limit = 100;
    private readonly List<Finding> findings = [];

    public IReadOnlyList<Finding> Findings => findings;

    public void Note(FindingKind kind, Tag? tag = null, string? detail = null) => Add(new Finding(kind, tag, detail));

    public void Add(Finding finding)
    {
        if (findings.Count < Limit && !findings.Contains(finding))
        {
            findings.Add(finding);
        }
    }
}
