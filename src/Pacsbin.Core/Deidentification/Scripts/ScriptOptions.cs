using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Says what Pacsbin's option sequenceAction does with sequences that no rule names.</summary>
public enum ScriptSequenceAction
{
    /// <summary>The script does not say.</summary>
    Unstated,

    /// <summary>They stay as they are.</summary>
    Keep,

    /// <summary>They are removed.</summary>
    Remove,
}

/// <summary>Holds what a script says of attributes that no rule names.</summary>
public sealed record ScriptOptions
{
    /// <summary>Groups whose attributes stay unless a rule names them, ascending and each once.</summary>
    public IReadOnlyList<ushort> KeepGroups { get; init; } = [];

    /// <summary>Whether private attributes that are known to be safe stay.</summary>
    public bool KeepSafePrivate { get; init; }

    public bool RemovePrivateGroups { get; init; }

    /// <summary>Whether attributes without a rule go.</summary>
    public bool RemoveUnspecified { get; init; }

    public bool RemoveOverlays { get; init; }

    public bool RemoveCurves { get; init; }

    /// <summary>Pacsbin's own; CTP has none.</summary>
    public ScriptSequenceAction SequenceAction { get; init; }

    /// <summary>Whether rules that are switched off remove their attributes; Pacsbin's own.</summary>
    public bool RemoveDisabled { get; init; }

    /// <summary>Pacsbin's own.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether the options are the same.</summary>
    public bool Equals(ScriptOptions? other) =>
        other is not null && Key == other.Key && KeepGroups.SequenceEqual(other.KeepGroups);

    public override int GetHashCode() => HashCode.Combine(Key, KeepGroups.Count);

    /// <summary>Whether CTP's order of options removes an attribute that no rule names.</summary>
    /// <param name="tag">The attribute.</param>
    /// <param name="isSafePrivate">Whether it is a private attribute that is known to be safe, or the creator of such.</param>
    internal bool Drops(Tag tag, bool isSafePrivate = false)
    {
        if ((!RemoveUnspecified && !(RemovePrivateGroups && tag.IsPrivate)) || (KeepSafePrivate && isSafePrivate) || KeepGroups.Contains(tag.Group))
        {
            return false;
        }

        var isGraphic = !(tag.IsPrivate && RemovePrivateGroups) && (IsOverlay(tag) ? !RemoveOverlays : IsCurve(tag) && !RemoveCurves);
        return !isGraphic && tag.Value is not (0x00080016 or 0x00080018 or 0x0020000D) && tag.Group is not (0x0002 or 0x0028 or 0x7FE0);
    }

    internal static bool IsOverlay(Tag tag) => (tag.Group & 0xFF00) == 0x6000;

    internal static bool IsCurve(Tag tag) => (tag.Group & 0xFF00) == 0x5000;

    private (bool, bool, bool, bool, bool, ScriptSequenceAction, bool, bool) Key =>
        (KeepSafePrivate, RemovePrivateGroups, RemoveUnspecified, RemoveOverlays, RemoveCurves, SequenceAction, RemoveDisabled, Strict);
}
