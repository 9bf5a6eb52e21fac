using System.Text.Json.Nodes;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>The JSON schema of a task's answers: the names of the fields, and the types of those that are plain.</summary>
internal static class AnswerSchema
{
    public static JsonObject Of(DslTask task) =>
        new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(
                task.OutputFields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Name, Of(field)))
            ),
            ["required"] = new JsonArray([.. task.OutputFields.Select(field => (JsonNode)field.Name)]),
            ["additionalProperties"] = false,
        };

    private static JsonObject Of(FieldInfo field) =>
        field.Type switch
        {
            "text" or "string" or "label" or "choice" => new JsonObject { ["type"] = "string" },
            "int" => new JsonObject { ["type"] = "integer" },
            "float" => new JsonObject { ["type"] = "number" },
            "bool" => new JsonObject { ["type"] = "boolean" },
            "labels" => Labels(field),
            _ => [],
        };

    private static JsonObject Labels(FieldInfo field)
    {
        var list = new JsonObject
        {
            ["type"] = "array",
            ["items"] = new JsonObject { ["type"] = "string" },
        };
        // Some servers refuse what they need not know.
        if (field.AtLeast > 0)
            list["minItems"] = field.AtLeast;
        return list;
    }
}
