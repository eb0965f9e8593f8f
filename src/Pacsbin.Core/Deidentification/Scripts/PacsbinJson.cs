using System.Text.Json;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Reads Pacsbin's JSON: <c>{ "variables": [ … ], "rules": [ … ], "options": { … } }</c>.</summary>
/// <remarks>
/// Each operation is a function of CTP. Parameters of append are the contents of its braces, parameters of always the text behind it, the last two of if and
/// both of select their braces. There a parameter may be an operation itself; elsewhere only param may, which is written as <c>@NAME</c>. A parameter
/// that param does not find by <c>@</c> or <c>$</c> is plain text.
/// </remarks>
internal sealed class PacsbinJson
{
    private const int MostDepth = 64;

    private readonly JsonMembers json;
    private readonly ScriptContent content;

    internal PacsbinJson(string text)
    {
        json = new JsonMembers(text, MostDepth);
        content = new ScriptContent(json.Source);
    }

    /// <summary>The values of sequenceAction.</summary>
    internal static IReadOnlyDictionary<string, ScriptSequenceAction> SequenceActions { get; } = new Dictionary<string, ScriptSequenceAction>
    {
        ["keep"] = ScriptSequenceAction.Keep,
        ["remove"] = ScriptSequenceAction.Remove,
    };

    /// <exception cref="PacsbinException">InvalidScript with line and column.</exception>
    internal ScriptContent Read()
    {
        json.ReadDocument(["rules"], (ref reader, name) =>
        {
            switch (name)
            {
                case "variables":
                    json.ReadArray(ref reader, ReadVariable);
                    break;
                case "rules":
                    json.ReadArray(ref reader, ReadRule);
                    break;
                case "options":
                    json.ReadObject(ref reader, [], ReadOption);
                    break;
                default:
                    throw Unknown(reader, name);
            }
        });
        return content;
    }

    private void ReadVariable(ref Utf8JsonReader reader, string item)
    {
        var at = json.IndexOf(reader);
        string title = "", value = "";
        json.ReadObject(ref reader, ["name", "value"], (ref reader, name) => _ = name switch
        {
            "name" => title = json.ReadString(reader, "A variable's name"),
            "value" => value = json.ReadString(reader, "A variable's value"),
            _ => throw Unknown(reader, name),
        });
        content.AddParameter(title.Trim(), value, at);
    }

    private void ReadRule(ref Utf8JsonReader reader, string item)
    {
        var at = json.IndexOf(reader);
        string tag = "", title = "";
        var isEnabled = false;
        ScriptNode[] nodes = [];
        json.ReadObject(ref reader, ["enabled", "tag", "operation"], (ref reader, name) =>
        {
            switch (name)
            {
                case "enabled":
                    isEnabled = json.ReadBoolean(reader, "Enabled");
                    break;
                case "tag":
                    tag = json.ReadString(reader, "A tag");
                    break;
                case "name":
                    title = json.ReadString(reader, "A rule's name");
                    break;
                case "operation":
                    nodes = ReadOperation(ref reader).Nodes;
                    break;
                default:
                    throw Unknown(reader, name);
            }
        });
        content.AddRule(tag, title, new ScriptExpression(json.Source, ExpressionParser.Finished(nodes, at)), isEnabled, at);
    }

    private void ReadOption(ref Utf8JsonReader reader, string name)
    {
        if (name == "sequenceAction")
        {
            content.Options = SequenceActions.TryGetValue(json.ReadString(reader, "The sequence action"), out var action)
                ? content.Options with { SequenceAction = action } : throw json.Error(reader, "The sequence action is keep or remove.");
            return;
        }

        var value = json.ReadBoolean(reader, "The option");
        switch (name)
        {
            case "keepGroup0018" or "keepGroup0020" or "keepGroup0028":
                if (value)
                {
                    content.KeepGroup((ushort)(name[^1] == '0' ? 0x20 : name[^2] == '1' ? 0x18 : 0x28));
                }

                break;
            default:
                content.Options = name switch
                {
                    "removeDisabled" => content.Options with { RemoveDisabled = value },
                    "removePrivateGroups" => content.Options with { RemovePrivateGroups = value },
                    "removeOverlays" => content.Options with { RemoveOverlays = value },
                    "removeCurves" => content.Options with { RemoveCurves = value },
                    "strict" => content.Options with { Strict = value },
                    _ => throw Unknown(reader, name),
                };
                break;
        }
    }

    private Operation ReadOperation(ref Utf8JsonReader reader)
    {
        var at = json.IndexOf(reader);
        var title = "";
        var parameters = new List<Operand>();
        json.ReadObject(ref reader, ["operationName"], (ref reader, name) =>
        {
            switch (name)
            {
                case "operationName":
                    title = json.ReadString(reader, "An operation's name");
                    break;
                case "operationParameters":
                    json.ReadArray(ref reader, (ref reader, _) => parameters.Add(ReadOperand(ref reader)));
                    break;
                default:
                    throw Unknown(reader, name);
            }
        });
        return new Operation(title, parameters, Nodes(title, parameters, at));
    }

    private Operand ReadOperand(ref Utf8JsonReader reader)
    {
        var at = json.IndexOf(reader);
        return reader.TokenType == JsonTokenType.StartObject
            ? new Operand(null, ReadOperation(ref reader), at)
            : new Operand(json.ReadString(reader, "An operation's parameter"), null, at);
    }

    private ScriptNode[] Nodes(string title, List<Operand> parameters, int at)
    {
        switch (ScriptFunctions.Find(title))
        {
            case ScriptFunction.Always:
                return [ExpressionParser.Call(title, [], [], at), .. Pieces(parameters)];
            case ScriptFunction.Append:
                return [ExpressionParser.Call(title, [], [Pieces(parameters)], at)];
            case ScriptFunction.Select when parameters.Count == 2:
                return [ExpressionParser.Call(title, [], [Pieces(parameters[..1]), Pieces(parameters[1..])], at)];
            case ScriptFunction.If when parameters.Count is 4 or 5:
                return [ExpressionParser.Call(title, Arguments(parameters[..^2], ScriptFunction.If), [Pieces(parameters[^2..^1]), Pieces(parameters[^1..])], at)];
            case ScriptFunction.Select:
                throw json.Source.Error(at, "select has two parameters: what is done in the data set, and in items.");
            case ScriptFunction.If:
                throw json.Source.Error(at, "if has four or five parameters: an attribute, a test, what it compares with, and the two results.");
            case var function:
                return [ExpressionParser.Call(title, Arguments(parameters, function), [], at)];
        }
    }

    private static ScriptNode[] Pieces(IEnumerable<Operand> operands) =>
        ExpressionParser.Joined(operands.SelectMany(o => o.Operation?.Nodes ?? [new TextNode(o.Text!, o.At)]));

    private ScriptArgument[] Arguments(List<Operand> operands, ScriptFunction? function)
    {
        var kinds = function is { } known ? ScriptFunctions.ShapeOf(known).Arguments : [];
        return [.. operands.Select((operand, i) => new ScriptArgument(ArgumentText(operand, i < kinds.Length ? kinds[i] : ArgumentKind.Text), operand.At))];
    }

    private string ArgumentText(Operand operand, ArgumentKind kind)
    {
        var text = operand switch
        {
            { Text: { } own } => own.Trim(),
            { Operation: { Title: "param", Parameters: [{ Text: { } name }] } } => name.Trim(),
            _ => throw json.Source.Error(operand.At, "Only param can be an argument of this operation."),
        };
        return ExpressionParser.IsArgument(text) ? text : kind is ArgumentKind.Element ? $"[{text}]" : $"\"{text}\"";
    }

    private PacsbinException Unknown(in Utf8JsonReader reader, string name) => json.Error(reader, $"'{ScriptText.Printable(name)}' is not a member of this object.");

    private sealed record Operation(string Title, List<Operand> Parameters, ScriptNode[] Nodes);

    /// <summary>Text, or an operation.</summary>
    private sealed record Operand(string? Text, Operation? Operation, int At);
}
