using TaskDsl.Data.Sources;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Vocabulary;

/// <summary>Definitions as JSON, as pipelines hash them.</summary>
public class DefinitionJsonTests
{
    [Fact]
    public void A_map_is_an_object_in_its_order()
    {
        var source = new JsonLines
        {
            Path = "a.jsonl",
            Columns = new Dictionary<string, string> { ["text"] = "Text", ["label"] = "Kind" },
        };
        var json = DefinitionJson.Write(source)!["json_lines"]!;
        Assert.Equal("""{"text":"Text","label":"Kind"}""", json["columns"]!.ToJsonString());
        Assert.Equal("a.jsonl", (string?)json["path"]);
    }
}
