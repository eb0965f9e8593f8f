using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Writes a script as Pacsbin's JSON, laid out as Pacsbin's own.</summary>
internal sealed class PacsbinJsonWriter
{
    private readonly Utf8JsonWriter json;
    private readonly ScriptRule rule;

    private PacsbinJsonWriter(Utf8JsonWriter json, ScriptRule rule)
    {
        this.json = json;
        this.rule = rule;
    }

    internal static string Write(AnonymizerScript script)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var layout = new JsonWriterOptions { Indented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, layout))
        {
            json.WriteStartObject();
            json.WriteStartArray("variables");
            foreach (var parameter in script.Parameters)
            {
                json.WriteStartObject();
                json.WriteString("name", parameter.Name);
                json.WriteString("value", parameter.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("rules");
            foreach (var rule in script.Rules)
            {
                new PacsbinJsonWriter(json, rule).WriteRule();
            }

            json.WriteEndArray();
            WriteOptions(json, script.Options);
            json.WriteEndObject();
        }

        return WrittenScript.Verified(Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n", script, ScriptFormat.PacsbinJson);
    }

    private static void WriteOptions(Utf8JsonWriter json, ScriptOptions options)
    {
        foreach (var group in options.KeepGroups)
        {
            if (group is not (0x18 or 0x20 or 0x28))
            {
                throw Cannot($"the option keep.group{group:x4}");
            }
        }

        if (options.KeepSafePrivate || options.RemoveUnspecified)
        {
            throw Cannot(options.KeepSafePrivate ? "the option keep.safeprivateelements" : "the option remove.unspecifiedelements");
        }

        json.WriteStartObject("options");
        if (options.SequenceAction != ScriptSequenceAction.Unstated)
        {
            json.WriteString("sequenceAction", PacsbinJson.SequenceActions.First(a => a.Value == options.SequenceAction).Key);
        }

        json.WriteBoolean("removeDisabled", options.RemoveDisabled);
        json.WriteBoolean("removePrivateGroups", options.RemovePrivateGroups);
        json.WriteBoolean("removeOverlays", options.RemoveOverlays);
        json.WriteBoolean("removeCurves", options.RemoveCurves);
        json.WriteBoolean("keepGroup0018", options.KeepGroups.Contains((ushort)0x18));
        json.WriteBoolean("keepGroup0020", options.KeepGroups.Contains((ushort)0x20));
        json.WriteBoolean("keepGroup0028", options.KeepGroups.Contains((ushort)0x28));
        json.WriteBoolean("strict", options.Strict);
        json.WriteEndObject();
    }

    private static PacsbinException Cannot(string what) => new(PacsbinError.InvalidScript, $"Pacsbin's JSON cannot say this: {what}.");

    private PacsbinException CannotRule(string what) => Cannot($"the rule for {ScriptText.Printable(rule.Key.ToString())} has {what}");

    private void WriteRule()
    {
        json.WriteStartObject();
        json.WriteBoolean("enabled", rule.IsEnabled);
        json.WriteString("tag", rule.Key.ToString());
        json.WriteString("name", rule.Name);
        json.WritePropertyName("operation");
        switch (rule.Expression.Nodes)
        {
            case [TextNode { Text: not ['@' or '$', ..] } text]:
                WriteOperation("param", [], () => json.WriteStringValue(text.Text));
                break;
            case [TextNode]:
                throw CannotRule("text that would be taken for a parameter");
            default:
                WriteOperation(rule.Expression.Nodes);
                break;
        }

        json.WriteEndObject();
    }

    private void WriteOperation(ScriptNode[] nodes)
    {
        switch (nodes)
        {
            case [CallNode { Function: ScriptFunction.Always } always, ..]:
                WriteOperation(always.Name, always.Arguments, () => WritePieces(nodes[1..]));
                break;
            case [CallNode { Function: ScriptFunction.Append, Clauses: [var clause] } append]:
                WriteOperation(append.Name, append.Arguments, () => WritePieces(clause));
                break;
            case [CallNode call]:
                WriteOperation(call.Name, call.Arguments, () => Array.ForEach(call.Clauses, WriteClause));
                break;
            default:
                throw CannotRule(nodes.Any(n => n is BrokenNode) ? "a call without its end" : "text and calls side by side");
        }
    }

    private void WriteOperation(string name, ScriptArgument[] arguments, Action writeRest)
    {
        json.WriteStartObject();
        json.WriteString("operationName", name);
        json.WriteStartArray("operationParameters");
        foreach (var argument in arguments)
        {
            json.WriteStringValue(argument.Text);
        }

        writeRest();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteClause(ScriptNode[] nodes)
    {
        if (nodes is [] or [TextNode])
        {
            json.WriteStringValue(nodes is [TextNode text] ? text.Text : "");
            return;
        }

        WriteOperation(nodes);
    }

    private void WritePieces(ScriptNode[] nodes)
    {
        foreach (var node in nodes)
        {
            WriteClause([node]);
        }
    }
}
