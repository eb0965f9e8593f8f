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

    private (bool, bool, bool, bool, bool, ScriptSequenceAction, bool, bool) Key =>
        (KeepSafePrivate, RemovePrivateGroups, RemoveUnspecified, RemoveOverlays, RemoveCurves, SequenceAction, RemoveDisabled, Strict);
}
