using System.Text.RegularExpressions;
using Pacsbin.Deidentification.Scripts.Functions;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts.Compiled;

/// <summary>Makes delegates of expressions: names and parameters are looked up once.</summary>
internal sealed class ExpressionCompiler
{
    private const int MostReferences = 4;
    private const string Keep = "@keep()";
    private const string Remove = "@remove()";
    private const string Empty = "@empty()";

    private readonly ScriptEnvironment environment;
    private readonly Dictionary<string, string> parameters;
    private readonly Dictionary<string, ScriptKey> aliases;
    private readonly Dictionary<ScriptKey, ScriptRule> rules = [];
    private readonly HashSet<ScriptKey> referring = [];

    internal ExpressionCompiler(AnonymizerScript script, ScriptEnvironment environment)
    {
        this.environment = environment;
        parameters = script.Parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        aliases = ScriptCheck.AliasesOf(script.Rules);
        foreach (var rule in script.Rules.Where(r => r.IsEnabled))
        {
            rules[rule.Key] = rule;
        }
    }

    /// <exception cref="PacsbinException">InvalidScript with line and column if rules refer to one another in a circle, or through many.</exception>
    internal ScriptPiece Compile(ScriptRule rule)
    {
        if (!referring.Add(rule.Key) || referring.Count > MostReferences)
        {
            var why = referring.Count > MostReferences ? "Too many rules refer to one another before it comes to this one." : "The rule refers to itself.";
            throw new PacsbinException(PacsbinError.InvalidScript, new ScriptProblem(rule.Line, rule.Column, why).ToString());
        }

        var piece = Compile(rule.Expression.Source, rule.Expression.Nodes);
        referring.Remove(rule.Key);
        return piece;
    }

    private ScriptPiece Compile(ScriptText source, ScriptNode[] nodes) => ScriptPiece.Join([.. nodes.Select(node => node switch
    {
        TextNode text => new ScriptPiece(text.Text),
        CallNode call => Compile(source, call),
        _ => new ScriptPiece(""),
    })]);

    private ScriptPiece Compile(ScriptText source, CallNode call)
    {
        try
        {
            return CompileCall(source, call);
        }
        catch (ArgumentException)
        {
            throw source.Error(call.At, "The expression is not a regular expression.");
        }
    }

    private ScriptPiece CompileCall(ScriptText source, CallNode call)
    {
        var count = call.Arguments.Length;
        var own = string.Concat("(", string.Join(',', call.Arguments.Select(a => a.Text)), ")"); // what CTP writes where it cannot give a value
        var element = Element(call, 0);
        switch (call.Function)
        {
            case ScriptFunction.Always:
                return new ScriptPiece("");
            case ScriptFunction.Append:
                var appended = Clause(source, call, 0);
                var self = new ElementArgument(false, null);
                return new ScriptPiece(scope => appended.Evaluate(scope) is var added && scope.Read(self) is { Length: > 0 } old ? $"{old}\\{added}" : added);
            case ScriptFunction.Select:
                var (root, item) = (Clause(source, call, 0), Clause(source, call, 1));
                return new ScriptPiece(scope => (scope.IsRoot ? root : item).Evaluate(scope));
            case ScriptFunction.If:
                var test = ConditionCompiler.Compile(count > 1 ? call.Arguments[1].Text : "", element, Operand(call, 2));
                var (yes, no) = (Clause(source, call, 0), Clause(source, call, 1));
                return new ScriptPiece(scope => (test(scope) ? yes : no).Evaluate(scope));
            case ScriptFunction.Param:
                return new ScriptPiece(Parameter(call, 0) ?? "null");
            case ScriptFunction.Date:
                return new ScriptPiece(_ => DateFunctions.Date(Text(call, 0), environment.Now()));
            case ScriptFunction.Time:
                return new ScriptPiece(_ => DateFunctions.Time(Text(call, 0), environment.Now()));
            case ScriptFunction.Process:
                return new ScriptPiece(scope =>
                {
                    scope.WalksItems = true;
                    return Keep;
                });
            case ScriptFunction.Quarantine:
                return new ScriptPiece(scope => Quarantined(scope, "The script says so."));
            case ScriptFunction.Skip:
                return new ScriptPiece(scope =>
                {
                    scope.Stop = new ScriptResult(ScriptEffect.Skip);
                    return "";
                });
            case ScriptFunction.Require:
                var fallback = Text(call, 1);
                return new ScriptPiece(scope => scope.Has(new ElementArgument(false, null)) ? Keep
                    : count == 0 ? ""
                    : Blanked(scope.Has(element) ? scope.Read(element) ?? "" : fallback));
            case ScriptFunction.Hash or ScriptFunction.HashUid or ScriptFunction.HashPtId or ScriptFunction.HashName:
                return CompileHash(call, element, own);
            case ScriptFunction.HashDate or ScriptFunction.IncrementDate or ScriptFunction.ModifyDate or ScriptFunction.DateInterval:
                return CompileDate(call, element);
            case ScriptFunction.Lookup or ScriptFunction.Integer:
                return CompileTable(call, element);
            case ScriptFunction.Contents or ScriptFunction.Value or ScriptFunction.Truncate or ScriptFunction.Initials or ScriptFunction.Round
                or ScriptFunction.LowerCase or ScriptFunction.UpperCase or ScriptFunction.PathElement or ScriptFunction.Encrypt or ScriptFunction.Decrypt:
                return CompileText(source, call, element, own);
            default:
                return new ScriptPiece(ExpressionText.Of(call.Name, call.Arguments));
        }
    }

    private ScriptPiece CompileHash(CallNode call, ElementArgument? element, string own)
    {
        var digest = environment.Digest;
        var count = call.Arguments.Length;
        switch (call.Function)
        {
            case ScriptFunction.Hash:
                var length = Number(call, 1, 0);
                return new ScriptPiece(scope => scope.Read(element) is { } value ? HashFunctions.Hash(digest, value, length) : Remove);
            case ScriptFunction.HashName when count > 1:
                var (nameLength, parts) = (Number(call, 1, HashFunctions.NameLength), Number(call, 2, 0));
                return new ScriptPiece(scope => HashFunctions.HashName(digest, scope.Read(element) ?? "", nameLength, parts));
            case ScriptFunction.HashPtId when count > 1:
                var (site, id, idLength) = (Parameter(call, 0), Element(call, 1), Number(call, 2, 0));
                return new ScriptPiece(scope => HashFunctions.HashPatientId(digest, site, scope.Read(id) ?? "", idLength));
            case ScriptFunction.HashUid when count > 1 && Parameter(call, 0) is { } prefix:
                var uid = Element(call, 1);
                var further = count > 2 && ElementArgument.TryFindKey(call.Arguments[2].Text, aliases, out var key) && rules.TryGetValue(key, out var rule) ? (Rule: rule, Piece: Compile(rule)) : default;
                return new ScriptPiece(scope => scope.Read(uid) is { } value ? HashFunctions.HashUid(digest, prefix, value + Further(scope, further.Rule, further.Piece)) : Remove);
            default:
                return new ScriptPiece(own);
        }
    }

    /// <summary>What another attribute's rule gives for the same data set.</summary>
    private static string Further(ScriptScope scope, ScriptRule? rule, ScriptPiece piece)
    {
        if (rule is null)
        {
            return "";
        }

        var tag = scope.This;
        scope.This = rule.Key.Tag;
        var text = piece.Evaluate(scope);
        scope.This = tag;
        return text;
    }

    private ScriptPiece CompileDate(CallNode call, ElementArgument? element)
    {
        var count = call.Arguments.Length;
        switch (call.Function)
        {
            case ScriptFunction.HashDate when count > 1:
                var key = Element(call, 1);
                return Dates(element, (scope, dates) => scope.Read(key) is { } value ? HashFunctions.HashDate(environment.Digest, dates, value) ?? Empty : Remove);
            case ScriptFunction.IncrementDate when count == 2:
                return JavaText.TryParse(Parameter(call, 1), out long days) ? Dates(element, (_, dates) => DateFunctions.Increment(dates, days) ?? Empty) : Dates(element, (_, _) => Empty);
            case ScriptFunction.IncrementDate when count == 3:
                var (owner, type) = (Element(call, 1), Parameter(call, 2) ?? "");
                return Dates(element, (scope, dates) => scope.Read(owner) is { } value && JavaText.TryParse(Lookup(type, value), out long found) ? DateFunctions.Increment(dates, found) ?? Empty : Empty);
            case ScriptFunction.ModifyDate when count > 3 && Parameter(call, 1) is { } year && Parameter(call, 2) is { } month && Parameter(call, 3) is { } day:
                var (y, m, d) = (DateFunctions.Field(year), DateFunctions.Field(month), DateFunctions.Field(day));
                return Dates(element, (_, dates) => DateFunctions.Modify(dates, y, m, d) ?? Empty);
            case ScriptFunction.DateInterval when count > 2:
                var (keyType, keyElement, origin) = (call.Arguments[1].Text, Element(call, 2), count > 3 ? Parameter(call, 3) ?? "" : null);
                return new ScriptPiece(scope => Interval(scope, element, keyType, keyElement, origin) ?? Quarantined(scope, "No days can be counted from the base date."));
            case ScriptFunction.DateInterval:
                return new ScriptPiece(scope => Quarantined(scope, "No base date is named."));
            default:
                return Dates(element, (_, _) => Empty);
        }
    }

    private static ScriptPiece Dates(ElementArgument? element, Func<ScriptScope, string, string> change) => new(scope => scope.Read(element) switch
    {
        null => Remove,
        { Length: < 8 } => Empty,
        var dates => change(scope, dates),
    });

    private string? Interval(ScriptScope scope, ElementArgument? element, string keyType, ElementArgument? keyElement, string? origin) =>
        Lookup(keyType, scope.ReadFromRoot(keyElement) ?? "") is { } baseDate && DateFunctions.Interval(scope.Read(element) ?? "", baseDate) is { } days
            ? origin is null ? days.ToString(System.Globalization.CultureInfo.InvariantCulture) : DateFunctions.Increment(origin, days) : null;

    private ScriptPiece CompileTable(CallNode call, ElementArgument? element)
    {
        var type = call.Arguments.Length > 1 ? call.Arguments[1].Text : "";
        if (call.Function == ScriptFunction.Integer)
        {
            var width = call.Arguments.Length > 2 && JavaText.TryParse(call.Arguments[2].Text, out int digits) ? digits : 0;
            return new ScriptPiece(scope => environment.Integer?.Invoke(type, scope.Read(element) ?? "", width) ?? Quarantined(scope, "There is no table of integers."));
        }

        ElementArgument?[] elements = [.. (call.Arguments.Length > 0 ? call.Arguments[0].Text : "").Split('|').Select(name => ElementArgument.Parse(name.Trim(), aliases, out _))];
        var (action, operand) = (Text(call, 2), Text(call, 3));
        var ignored = action == "ignore" && call.Arguments.Length > 3 ? FilterMethods.Whole(operand) : null;
        return new ScriptPiece(scope =>
        {
            var value = string.Join('|', elements.Select(e => scope.Read(e) ?? "")).Replace("\\", "", StringComparison.Ordinal);
            return Lookup(type, value) ?? Missed(scope, value, action, call.Arguments.Length > 3 ? operand : null, ignored);
        });
    }

    private static string Missed(ScriptScope scope, string value, string action, string? operand, Regex? ignored)
    {
        switch (action)
        {
            case "keep":
                return Keep;
            case "remove":
                return Remove;
            case "empty":
                return Empty;
            case "default" when operand is not null:
                return operand.Trim();
            case "ignore" when ignored is not null && IsMatch(ignored, value):
                return value;
            default:
                return Quarantined(scope, "The lookup table lacks a value.");
        }
    }

    private static bool IsMatch(Regex pattern, string value)
    {
        try
        {
            return pattern.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private ScriptPiece CompileText(ScriptText source, CallNode call, ElementArgument? element, string own)
    {
        var count = call.Arguments.Length;
        int? number = count > 1 && JavaText.TryParse(call.Function == ScriptFunction.Round ? Parameter(call, 1) : call.Arguments[1].Text, out int parsed) ? parsed : null;
        ScriptPiece Of(Func<string, string> change) => new(scope => change(scope.Read(element) ?? ""));
        switch (call.Function)
        {
            case ScriptFunction.Contents when count is 2 or 3:
                var pattern = ContentsPattern.Create(Text(call, 1), Text(call, 2), out var error) ?? throw source.Error(call.At, error!);
                return new ScriptPiece(scope => pattern.Replace(scope.Read(element) ?? "") ?? Quarantined(scope, "A regular expression takes too long."));
            case ScriptFunction.Contents:
                return count == 1 ? Of(value => value) : new ScriptPiece("");
            case ScriptFunction.Value:
                var fallback = Text(call, 1);
                return Of(value => value.Length > 0 ? value : fallback);
            case ScriptFunction.Truncate:
                return Of(value => number is { } length ? TextFunctions.Truncate(value, length) : value);
            case ScriptFunction.Initials:
                return Of(value => TextFunctions.Caesar(TextFunctions.Initials(value), number ?? 0));
            case ScriptFunction.Round:
                return Of(value => number is { } width ? TextFunctions.Round(value, width) ?? own : own);
            case ScriptFunction.PathElement:
                return Of(value => number is { } index ? TextFunctions.PathElement(value, index) : value);
            case ScriptFunction.LowerCase:
                return Of(TextFunctions.LowerCase);
            case ScriptFunction.UpperCase:
                return Of(TextFunctions.UpperCase);
            case ScriptFunction.Encrypt when count > 1:
                return Of(value => CipherFunctions.Encrypt(value, Parameter(call, 1) ?? ""));
            case ScriptFunction.Decrypt when count > 1:
                return Of(value => CipherFunctions.Decrypt(value, Parameter(call, 1) ?? "") ?? own);
            default:
                return new ScriptPiece(own);
        }
    }

    private static string Quarantined(ScriptScope scope, string why)
    {
        scope.Stop ??= new ScriptResult(ScriptEffect.Quarantine, why);
        return "";
    }

    private static string Blanked(string value) => string.IsNullOrWhiteSpace(value) ? $"@blank({value.Length})" : value;

    private string? Lookup(string type, string value) => environment.Lookup?.Invoke($"{type.Trim()}/{value.Trim()}");

    private ScriptPiece Clause(ScriptText source, CallNode call, int index) => index < call.Clauses.Length ? Compile(source, call.Clauses[index]) : new ScriptPiece("");

    private ElementArgument? Element(CallNode call, int index) => index < call.Arguments.Length ? ElementArgument.Parse(call.Arguments[index].Text, aliases, out _) : null;

    private static string Text(CallNode call, int index) => index < call.Arguments.Length ? call.Arguments[index].Unquoted : "";

    /// <summary>An argument's text or its parameter's value; null for neither.</summary>
    internal string? Parameter(CallNode call, int index) => index >= call.Arguments.Length ? null
        : call.Arguments[index] is { Parameter: { } name } ? parameters.GetValueOrDefault(name) : call.Arguments[index].Text;

    private int Number(CallNode call, int index, int fallback) => JavaText.TryParse(Parameter(call, index), out int number) ? number : fallback;

    /// <summary>What a test compares with; a parameter that is not defined stands for itself.</summary>
    private string? Operand(CallNode call, int index) => index >= call.Arguments.Length ? null
        : Text(call, index) is ['@', .. var name] && parameters.TryGetValue(name, out var value) ? value : Text(call, index);
}
