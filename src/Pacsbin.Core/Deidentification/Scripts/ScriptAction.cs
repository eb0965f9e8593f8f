namespace Pacsbin.Deidentification.Scripts;

/// <summary>Says what a script does to an attribute, as far as its text tells; roughly from the strongest to the weakest.</summary>
public enum ScriptAction
{
    /// <summary>The file is quarantined.</summary>
    Withheld,

    /// <summary>A rule removes the attribute.</summary>
    Removed,

    /// <summary>The attribute goes without a rule: by an option, because reading stops before it, or with the sequences that it could stand in.</summary>
    Dropped,

    /// <summary>The value goes.</summary>
    Emptied,

    /// <summary>The value becomes text that does not come from the file.</summary>
    Replaced,

    /// <summary>The value becomes a number that is counted up.</summary>
    Numbered,

    /// <summary>The UID becomes a hash of itself, without a key.</summary>
    UidHashed,

    /// <summary>The date moves by the days that a lookup table has.</summary>
    DateMovedByTable,

    /// <summary>The date moves by days that the script names, or that follow from a hash without a key.</summary>
    DateMoved,

    /// <summary>The value becomes a hash of itself, without a key.</summary>
    Hashed,

    /// <summary>The value becomes a hash of another attribute's value, without a key.</summary>
    OtherHashed,

    /// <summary>The value is looked up in a table, which the audit does not see.</summary>
    LookedUp,

    /// <summary>The value becomes a part or another form of itself.</summary>
    Derived,

    /// <summary>The value comes from another attribute.</summary>
    Taken,

    /// <summary>The sequence stays and the rules are applied to its items.</summary>
    Walked,

    /// <summary>The value stays and gets one more.</summary>
    Extended,

    /// <summary>A rule keeps the value.</summary>
    Kept,

    /// <summary>The value stays where its VR cannot hold what the rule gives, as with CTP.</summary>
    Unfit,

    /// <summary>The rule empties the value, and the sequence keeps its items, as with CTP.</summary>
    ItemsKept,

    /// <summary>Private attributes go, except those that are known to be safe.</summary>
    SafePrivateKept,

    /// <summary>A rule may pass the original file on.</summary>
    PassedOn,

    /// <summary>No rule, and keep.group keeps the value.</summary>
    KeptByGroup,

    /// <summary>No rule and no option: the value stays.</summary>
    Left,

    /// <summary>The value stays in items of a sequence that no rule is applied to.</summary>
    NotReached,
}
