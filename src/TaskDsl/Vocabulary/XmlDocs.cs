using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TaskDsl.Vocabulary;

/// <summary>The <c>///</c> summaries and remarks of types and members, from the XML files that lie beside their assemblies.</summary>
internal sealed partial class XmlDocs
{
    private static readonly (string Summary, string Remarks) None = ("", "");

    private readonly Dictionary<Assembly, Dictionary<string, (string Summary, string Remarks)>> files = [];

    /// <summary>The summary of a type; empty where there is none.</summary>
    public string Of(Type type) => Find(type.Assembly, $"T:{Name(type)}").Summary;

    /// <summary>The remarks on a type; empty where there are none.</summary>
    public string Remarks(Type type) => Find(type.Assembly, $"T:{Name(type)}").Remarks;

    /// <summary>The summary of a property or an enum's member; empty where there is none.</summary>
    public string Of(MemberInfo member) =>
        Find(member.DeclaringType!.Assembly, $"{(member is FieldInfo ? 'F' : 'P')}:{Name(member.DeclaringType!)}.{member.Name}").Summary;

    private (string Summary, string Remarks) Find(Assembly assembly, string id)
    {
        if (!files.TryGetValue(assembly, out var docs))
            files.Add(assembly, docs = Read(assembly));
        return docs.GetValueOrDefault(id, None);
    }

    private static Dictionary<string, (string Summary, string Remarks)> Read(Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        return File.Exists(path)
            ? XDocument
                .Load(path)
                .Descendants("member")
                .Where(m => m.Element("summary") is not null)
                .ToDictionary(m => m.Attribute("name")!.Value, m => (Text(m.Element("summary")), Text(m.Element("remarks"))))
            : [];
    }

    private static string Text(XElement? element) => Spaces().Replace(string.Concat(element?.Nodes().Select(Plain) ?? []), " ").Trim();

    private static string Plain(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" or "seealso" } see => Named((see.Attribute("cref") ?? see.Attribute("langword"))?.Value ?? ""),
            XElement { Name.LocalName: "paramref" } parameter => parameter.Attribute("name")?.Value ?? "",
            XElement other => other.Value,
            _ => "",
        };

    /// <summary>What a reference names: a property as the YAML has it, anything else by its own name.</summary>
    private static string Named(string reference)
    {
        var name = reference.Split('.', ':')[^1];
        return reference.StartsWith("P:", StringComparison.Ordinal) ? $"`{SnakeCase.Of(name)}`" : name;
    }

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
