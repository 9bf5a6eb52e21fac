using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TaskDsl.Vocabulary;

/// <summary>The <c>///</c> summaries of types and members, from the XML files that lie beside their assemblies.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<Assembly, Dictionary<string, string>> files = [];

    /// <summary>The summary of a type; empty where there is none.</summary>
    public string Of(Type type) => Find(type.Assembly, $"T:{Name(type)}");

    /// <summary>The summary of a property or an enum's member; empty where there is none.</summary>
    public string Of(MemberInfo member) =>
        Find(member.DeclaringType!.Assembly, $"{(member is FieldInfo ? 'F' : 'P')}:{Name(member.DeclaringType!)}.{member.Name}");

    private string Find(Assembly assembly, string id)
    {
        if (!files.TryGetValue(assembly, out var docs))
            files.Add(assembly, docs = Read(assembly));
        return docs.GetValueOrDefault(id, "");
    }

    private static Dictionary<string, string> Read(Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        return File.Exists(path)
            ? XDocument
                .Load(path)
                .Descendants("member")
                .Where(m => m.Element("summary") is not null)
                .ToDictionary(m => m.Attribute("name")!.Value, m => Text(m.Element("summary")!))
            : [];
    }

    private static string Text(XElement summary) =>
        Spaces()
            .Replace(
                string.Concat(
                    summary
                        .Nodes()
                        .Select(node =>
                            node switch
                            {
                                XText text => text.Value,
                                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                                XElement { Name.LocalName: "see" or "seealso" } see => (
                                    see.Attribute("cref") ?? see.Attribute("langword")
                                )?.Value.Split('.', ':')[^1]
                                    ?? "",
                                XElement { Name.LocalName: "paramref" } parameter => parameter.Attribute("name")?.Value ?? "",
                                XElement other => other.Value,
                                _ => "",
                            }
                        )
                ),
                " "
            )
            .Trim();

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
