namespace Pacsbin.Deidentification;

/// <summary>The action codes of PS3.15 Table E.1-1a.</summary>
internal enum ElementAction : byte
{
    /// <summary>K: the attribute stays; a sequence's items are walked.</summary>
    Keep,

    /// <summary>X: the attribute goes.</summary>
    Remove,

    /// <summary>Z: the value goes.</summary>
    Empty,

    /// <summary>D: the value is replaced by a dummy that is legal for the attribute.</summary>
    Dummy,

    /// <summary>U: each UID is replaced, the same everywhere.</summary>
    ReplaceUid,

    /// <summary>C of the Modified Dates option: dates move, times of day stay.</summary>
    ShiftDate,

    /// <summary>X/Z: by the attribute's type in the IOD.</summary>
    RemoveOrEmpty,

    /// <summary>X/D: by the attribute's type in the IOD.</summary>
    RemoveOrDummy,

    /// <summary>X/Z/D: by the attribute's type in the IOD.</summary>
    RemoveEmptyOrDummy,

    /// <summary>Z/D: by the attribute's type in the IOD.</summary>
    EmptyOrDummy,

    /// <summary>X/Z/U*: by the attribute's type in the IOD; U* walks the sequence, whose UIDs are replaced.</summary>
    RemoveEmptyOrUid,
}
