namespace Pacsbin.Deidentification.Scripts;

/// <summary>One of the things that may become of an attribute.</summary>
/// <param name="Action">What happens.</param>
/// <param name="Rule">The rule that does it; null for none.</param>
internal readonly record struct ScriptOutcome(ScriptAction Action, ScriptRule? Rule = null)
{
    /// <summary>Compares with what the standard asks for.</summary>
    internal ScriptVerdict Against(ElementAction standard)
    {
        if (standard == ElementAction.Keep)
        {
            return Action switch
            {
                ScriptAction.Taken or ScriptAction.OtherHashed or ScriptAction.LookedUp or ScriptAction.PassedOn => ScriptVerdict.Weaker,
                ScriptAction.Derived or >= ScriptAction.Walked => ScriptVerdict.Same,
                _ => ScriptVerdict.Stronger,
            };
        }

        if (Action is ScriptAction.Left or ScriptAction.KeptByGroup or ScriptAction.NotReached)
        {
            return ScriptVerdict.Missing;
        }

        var has = Action switch
        {
            ScriptAction.Withheld => 7,
            ScriptAction.Removed or ScriptAction.Dropped => 6,
            ScriptAction.Emptied => 5,
            ScriptAction.Replaced or ScriptAction.Numbered => 4,
            ScriptAction.UidHashed when standard == ElementAction.ReplaceUid => 3,
            ScriptAction.DateMovedByTable when standard == ElementAction.ShiftDate => 2,
            _ => 0,
        };
        return has.CompareTo(Needed(standard)) switch
        {
            < 0 => ScriptVerdict.Weaker,
            0 => ScriptVerdict.Same,
            _ => ScriptVerdict.Stronger,
        };
    }

    /// <summary>The strongest that a code may mean, because without an IOD nobody knows the attribute's type.</summary>
    private static int Needed(ElementAction standard) => standard switch
    {
        ElementAction.ShiftDate => 2,
        ElementAction.ReplaceUid => 3,
        ElementAction.Dummy => 4,
        ElementAction.Empty or ElementAction.EmptyOrDummy => 5,
        _ => 6,
    };
}
