using System.Globalization;
using System.Text;
using System.Xml;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Writes a script as CTP's XML, laid out as CTP's own.</summary>
internal static class CtpXmlWriter
{
    internal static string Write(AnonymizerScript script)
    {
        var text = new StringBuilder();
        var settings = new XmlWriterSettings { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.Entitize, CheckCharacters = true };
        using (var xml = XmlWriter.Create(text, settings))
        {
            WriteOptionsOfPacsbin(xml, script.Options);
            xml.WriteStartElement("script");
            foreach (var parameter in script.Parameters)
            {
                Require(parameter.Name + parameter.Value, $"the parameter {ScriptText.Printable(parameter.Name)}");
                Element(xml, "p", null, parameter.Name, null, parameter.Value);
            }

            foreach (var rule in script.Rules)
            {
                Require(rule.Key + rule.Name + rule.Text, $"the rule for {ScriptText.Printable(rule.Key.ToString())}");
                Element(xml, "e", rule.IsEnabled, rule.Key.ToString(), rule.Name, rule.Text);
            }

            WriteOptions(xml, script.Options);
            xml.WriteWhitespace("\n");
            xml.WriteEndElement();
            xml.WriteWhitespace("\n");
        }

        return WrittenScript.Verified(text.ToString(), script, ScriptFormat.CtpXml);
    }

    private static void WriteOptions(XmlWriter xml, ScriptOptions options)
    {
        foreach (var group in options.KeepGroups)
        {
            var digits = group.ToString("x4", CultureInfo.InvariantCulture);
            Element(xml, "k", true, digits, null, $"Keep group {digits}");
        }

        Option(xml, options.KeepSafePrivate, "k", "safeprivateelements", "Keep safe private elements");
        Option(xml, options.RemoveCurves, "r", "curves", "Remove curves");
        Option(xml, options.RemoveOverlays, "r", "overlays", "Remove overlays");
        Option(xml, options.RemovePrivateGroups, "r", "privategroups", "Remove private groups");
        Option(xml, options.RemoveUnspecified, "r", "unspecifiedelements", "Remove unchecked elements");
    }

    private static void WriteOptionsOfPacsbin(XmlWriter xml, ScriptOptions options)
    {
        List<string> own = [];
        if (options.SequenceAction != ScriptSequenceAction.Unstated)
        {
            own.Add($"sequenceAction=\"{PacsbinJson.SequenceActions.First(a => a.Value == options.SequenceAction).Key}\"");
        }

        if (options.RemoveDisabled)
        {
            own.Add("removeDisabled=\"true\"");
        }

        if (options.Strict)
        {
            own.Add("strict=\"true\"");
        }

        if (own.Count > 0)
        {
            xml.WriteProcessingInstruction(CtpXml.Instruction, string.Join(' ', own));
            xml.WriteWhitespace("\n");
        }
    }

    private static void Option(XmlWriter xml, bool isOn, string name, string key, string label)
    {
        if (isOn)
        {
            Element(xml, name, true, key, null, label);
        }
    }

    private static void Element(XmlWriter xml, string name, bool? isEnabled, string key, string? label, string body)
    {
        xml.WriteWhitespace("\n ");
        xml.WriteStartElement(name);
        if (isEnabled is { } enabled)
        {
            xml.WriteAttributeString("en", enabled ? "T" : "F");
        }

        xml.WriteAttributeString("t", key);
        if (label is not null)
        {
            xml.WriteAttributeString("n", label);
        }

        xml.WriteString(body);
        xml.WriteFullEndElement();
    }

    // XML 1.0, 2.2: most control characters cannot be written at all.
    private static void Require(string text, string what)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(text[i]))
            {
                throw new PacsbinException(PacsbinError.InvalidScript, $"CTP's XML cannot say this: {what} has a character that no XML has.");
            }
        }
    }
}
