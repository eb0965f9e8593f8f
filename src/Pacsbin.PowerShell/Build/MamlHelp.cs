using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Build.Framework;

/// <summary>
/// Writes the help that Get-Help shows, from the cmdlets' attributes and documentation comments: summary is the synopsis,
/// remarks the description, example (code, then text) an example, seealso a link, a parameter's summary its description.
/// </summary>
/// <remarks>An inline MSBuild task, so it is one file and compiles against .NET Standard 2.0.</remarks>
public sealed class MamlHelp : Microsoft.Build.Utilities.Task
{
    static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    const string AllSets = "__AllParameterSets";

    readonly Dictionary<string, System.Reflection.Assembly> loaded = new Dictionary<string, System.Reflection.Assembly>();
    Dictionary<string, XElement> comments;
    Dictionary<string, string> commandNames;

    [Required] public string Assembly { get; set; }
    [Required] public string Documentation { get; set; }
    [Required] public ITaskItem[] References { get; set; }
    [Required] public string Output { get; set; }

    public override bool Execute()
    {
        AppDomain.CurrentDomain.AssemblyResolve += Resolve;
        try
        {
            comments = XDocument.Load(Documentation).Descendants("member").ToDictionary(m => (string)m.Attribute("name"));
            // Read as bytes, so that the file is not locked for the next build.
            var cmdlets = System.Reflection.Assembly.Load(File.ReadAllBytes(Assembly)).GetTypes()
                .Where(t => Find(t, "CmdletAttribute") != null).OrderBy(NameOf, StringComparer.Ordinal).ToList();
            commandNames = cmdlets.ToDictionary(t => t.FullName, NameOf);
            // The prefix-less schema is what PowerShell looks for to tell MAML from other XML.
            new XElement((XNamespace)"http://msh" + "helpItems", new XAttribute("schema", "maml"), cmdlets.Select(Describe)).Save(Output);
        }
        finally
        {
            AppDomain.CurrentDomain.AssemblyResolve -= Resolve;
        }
        return !Log.HasLoggedErrors;
    }

    System.Reflection.Assembly Resolve(object sender, ResolveEventArgs e)
    {
        string name = new AssemblyName(e.Name).Name;
        // Loaded twice, an assembly's types would differ from themselves.
        if (loaded.TryGetValue(name, out var known)) return known;
        var file = References.FirstOrDefault(r => r.GetMetadata("Filename") == name);
        return loaded[name] = file == null ? null : System.Reflection.Assembly.Load(File.ReadAllBytes(file.GetMetadata("FullPath")));
    }

    XElement Describe(Type type)
    {
        string name = NameOf(type);
        XElement comment = CommentOf("T:" + type.FullName);
        var parameters = ParametersOf(type);
        var examples = comment.Elements("example").ToList();
        if (comment.Element("summary") == null) Log.LogError("{0} has no <summary>, which is its synopsis.", type.Name);
        if (examples.Count == 0) Log.LogError("{0} has no <example> in its documentation comment.", type.Name);
        return new XElement(Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml), new XAttribute(XNamespace.Xmlns + "command", Command), new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(Command + "details", new XElement(Command + "name", name),
                new XElement(Command + "verb", name.Split('-')[0]), new XElement(Command + "noun", name.Split('-')[1]),
                new XElement(Maml + "description", Paragraphs(comment.Element("summary")))),
            new XElement(Maml + "description", Paragraphs(comment.Element("remarks") ?? comment.Element("summary"))),
            new XElement(Command + "syntax", SyntaxOf(type, name, parameters)),
            new XElement(Command + "parameters", parameters.Select(p => p.ToXml(p.Sets[0]))),
            new XElement(Command + "inputTypes", parameters.Where(p => p.Sets.Any(s => s.FromPipeline))
                .Select(p => new XElement(Command + "inputType", TypeXml(p.TypeName), new XElement(Maml + "description", Paragraphs(p.Comment))))),
            new XElement(Command + "returnValues", OutputTypesOf(type).Select(t => new XElement(Command + "returnValue", TypeXml(t)))),
            new XElement(Command + "examples", examples.Select(ExampleXml)),
            new XElement(Command + "relatedLinks", comment.Elements("seealso").Select(link => new XElement(Maml + "navigationLink",
                new XElement(Maml + "linkText", link.IsEmpty ? NameOfReference(link) : Text(link)), new XElement(Maml + "uri", (string)link.Attribute("href"))))));
    }

    IEnumerable<XElement> SyntaxOf(Type type, string name, List<Parameter> parameters)
    {
        string first = (string)Named(Find(type, "CmdletAttribute"), "DefaultParameterSetName");
        var sets = parameters.SelectMany(p => p.Sets).Select(s => s.Name).Where(s => s != AllSets).Distinct().OrderByDescending(s => s == first).ToList();
        if (sets.Count == 0) sets.Add(AllSets);
        foreach (string set in sets)
        {
            var inSet = parameters.Select(p => new { Parameter = p, Set = p.Sets.FirstOrDefault(s => s.Name == set || s.Name == AllSets) })
                .Where(p => p.Set != null).OrderBy(p => p.Set.Position).ThenByDescending(p => p.Set.Mandatory);
            yield return new XElement(Command + "syntaxItem", new XElement(Maml + "name", name), inSet.Select(p => p.Parameter.ToXml(p.Set)));
        }
    }

    List<Parameter> ParametersOf(Type type)
    {
        var found = new List<Parameter>();
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var sets = property.GetCustomAttributesData().Where(a => a.AttributeType.Name == "ParameterAttribute").Select(ParameterSet.From).ToList();
            if (sets.Count == 0) continue;
            XElement comment = CommentOf("P:" + property.DeclaringType.FullName + "." + property.Name).Element("summary");
            if (comment == null) Log.LogError("{0}.{1} has no <summary>, which is the parameter's help.", type.Name, property.Name);
            found.Add(new Parameter(property, sets, Paragraphs(comment).ToList()));
        }
        if (Equals(Named(Find(type, "CmdletAttribute"), "SupportsShouldProcess"), true))
        {
            found.Add(Parameter.Switch("WhatIf", "wi", "Shows what would happen, and does nothing."));
            found.Add(Parameter.Switch("Confirm", "cf", "Asks before anything is written."));
        }
        return found.OrderBy(p => p.Name == "WhatIf" || p.Name == "Confirm").ThenBy(p => p.Sets.Min(s => s.Position)).ThenBy(p => p.Name, StringComparer.Ordinal).ToList();
    }

    XElement ExampleXml(XElement example, int index)
    {
        XElement code = example.Element("code");
        var text = new XElement("text", example.Nodes().Where(n => n != code));
        return new XElement(Command + "example", new XElement(Maml + "title", "-------------- Example " + (index + 1) + " --------------"),
            new XElement(Dev + "code", code == null ? "" : Unindent(code.Value)), new XElement(Dev + "remarks", Paragraphs(text), new XElement(Maml + "para")));
    }

    XElement CommentOf(string member) => comments.TryGetValue(member, out var found) ? found : new XElement("member");

    IEnumerable<XElement> Paragraphs(XElement comment)
    {
        if (comment == null) return Enumerable.Empty<XElement>();
        var blocks = new List<XElement> { new XElement("para") };
        foreach (var node in comment.Nodes())
        {
            var element = node as XElement;
            if (element?.Name.LocalName == "para") blocks.Add(element);
            else if (element?.Name.LocalName == "list")
                blocks.AddRange(element.Elements("item").Select(i => new XElement("para", string.Join(": ", i.Elements().Select(Text)))));
            else
            {
                // Text after a paragraph starts one of its own.
                if (blocks.Last().Parent != null || blocks.Last().Name != "para") blocks.Add(new XElement("para"));
                blocks.Last().Add(node);
            }
        }
        return blocks.Select(Text).Where(t => t.Length > 0).Select(t => new XElement(Maml + "para", t));
    }

    string Text(XElement element) => Regex.Replace(string.Concat(element.Nodes().Select(Words)), @"\s+", " ").Trim();

    string Words(XNode node) => node is XText text ? text.Value
        : !(node is XElement child) ? ""
        : child.IsEmpty ? NameOfReference(child)
        : string.Concat(child.Nodes().Select(Words));

    string NameOfReference(XElement reference)
    {
        string target = (string)(reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name") ?? reference.Attribute("href")) ?? "";
        if (target.StartsWith("T:", StringComparison.Ordinal) && commandNames.TryGetValue(target.Substring(2), out string command)) return command;
        bool parameter = target.StartsWith("P:", StringComparison.Ordinal) && commandNames.ContainsKey(target.Substring(2, target.LastIndexOf('.') - 2));
        return target.Length > 2 && target[1] == ':' ? (parameter ? "-" : "") + target.Substring(target.LastIndexOf('.') + 1) : target;
    }

    static string Unindent(string code)
    {
        var lines = code.Replace("\r", "").Trim('\n').TrimEnd().Split('\n');
        int indent = lines.Where(l => l.Trim().Length > 0).Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join("\n", lines.Select(l => l.Length < indent ? "" : l.Substring(indent)));
    }

    static CustomAttributeData Find(MemberInfo member, string name) => member.GetCustomAttributesData().FirstOrDefault(a => a.AttributeType.Name == name);

    static object Named(CustomAttributeData attribute, string name) => attribute?.NamedArguments.FirstOrDefault(a => a.MemberName == name).TypedValue.Value;

    static object ValueOf(CustomAttributeData preset)
    {
        var value = preset.NamedArguments.First(a => a.MemberName == "Value").TypedValue;
        return value.ArgumentType.IsEnum ? Enum.GetName(value.ArgumentType, value.Value) : value.Value;
    }

    static string NameOf(Type type)
    {
        var arguments = Find(type, "CmdletAttribute").ConstructorArguments;
        return arguments[0].Value + "-" + arguments[1].Value;
    }

    static IEnumerable<string> Strings(CustomAttributeData attribute) => attribute.ConstructorArguments
        .SelectMany(a => a.Value is IEnumerable<CustomAttributeTypedArgument> many ? many : new[] { a }).Select(a => a.Value is Type t ? NameOfType(t) : "" + a.Value);

    static IEnumerable<string> OutputTypesOf(Type type) => type.GetCustomAttributesData().Where(a => a.AttributeType.Name == "OutputTypeAttribute").SelectMany(Strings);

    static string NameOfType(Type type, bool full = true) => type.IsArray ? NameOfType(type.GetElementType(), full) + "[]"
        : Nullable.GetUnderlyingType(type) is Type inner ? NameOfType(inner, full)
        : full ? type.FullName : type.Name;

    static XElement TypeXml(string name) => new XElement(Dev + "type", new XElement(Maml + "name", name), new XElement(Maml + "uri"));

    sealed class ParameterSet
    {
        public string Name = AllSets;
        public bool Mandatory, FromPipeline, FromProperty;
        public int Position = int.MaxValue;

        public static ParameterSet From(CustomAttributeData attribute) => new ParameterSet
        {
            Name = (string)Named(attribute, "ParameterSetName") ?? AllSets,
            Mandatory = Equals(Named(attribute, "Mandatory"), true),
            FromPipeline = Equals(Named(attribute, "ValueFromPipeline"), true),
            FromProperty = Equals(Named(attribute, "ValueFromPipelineByPropertyName"), true),
            Position = Named(attribute, "Position") is int position && position >= 0 ? position : int.MaxValue,
        };

        public string PipelineInput => FromPipeline && FromProperty ? "True (ByPropertyName, ByValue)"
            : FromPipeline ? "True (ByValue)" : FromProperty ? "True (ByPropertyName)" : "False";
    }

    sealed class Parameter
    {
        public readonly string Name, TypeName;
        public readonly List<ParameterSet> Sets;
        readonly List<XElement> description;
        readonly string aliases = "none", defaultValue = "None";
        readonly bool wildcards, isSwitch;

        public Parameter(PropertyInfo property, List<ParameterSet> sets, List<XElement> description)
        {
            Name = property.Name;
            Sets = sets;
            this.description = description;
            TypeName = NameOfType(property.PropertyType, full: false);
            isSwitch = TypeName == "SwitchParameter";
            wildcards = Find(property, "SupportsWildcardsAttribute") != null;
            var alias = Find(property, "AliasAttribute");
            if (alias != null) aliases = string.Join(", ", Strings(alias));
            var preset = Find(property, "PSDefaultValueAttribute");
            defaultValue = preset == null ? (isSwitch ? "False" : "None") : "" + (Named(preset, "Help") ?? ValueOf(preset));
            var element = property.PropertyType.IsArray ? property.PropertyType.GetElementType() : property.PropertyType;
            element = Nullable.GetUnderlyingType(element) ?? element;
            var set = Find(property, "ValidateSetAttribute");
            var values = set != null ? Strings(set) : element.IsEnum ? Enum.GetNames(element) : null;
            if (values != null) description.Add(new XElement(Maml + "para", "Values: " + string.Join(", ", values) + "."));
        }

        Parameter(string name, string alias, string text)
        {
            Name = name;
            Sets = new List<ParameterSet> { new ParameterSet() };
            aliases = alias;
            defaultValue = "False";
            TypeName = "SwitchParameter";
            isSwitch = true;
            description = new List<XElement> { new XElement(Maml + "para", text) };
        }

        public static Parameter Switch(string name, string alias, string text) => new Parameter(name, alias, text);

        public XElement Comment => new XElement("summary", description.Select(p => new XElement("para", p.Value)));

        public XElement ToXml(ParameterSet set) => new XElement(Command + "parameter",
            new XAttribute("required", set.Mandatory), new XAttribute("variableLength", true), new XAttribute("globbing", wildcards),
            new XAttribute("pipelineInput", set.PipelineInput), new XAttribute("position", set.Position == int.MaxValue ? "named" : "" + set.Position),
            new XAttribute("aliases", aliases), new XElement(Maml + "name", Name), new XElement(Maml + "description", description),
            isSwitch ? null : new XElement(Command + "parameterValue", new XAttribute("required", true), new XAttribute("variableLength", false), TypeName),
            TypeXml(TypeName), new XElement(Dev + "defaultValue", defaultValue));
    }
}
