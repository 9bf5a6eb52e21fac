using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

/// <summary>What a server is told of an answer's fields.</summary>
public sealed class AnswerSchemaTests
{
    [Fact]
    public void Names_are_all_there_and_plain_types_are_said() =>
        Assert.Equal(
            """
            {"type":"object","properties":{"title":{"type":"string"},"mood":{"type":"string"},"best":{"type":"string"},
            "pages":{"type":"integer"},"price":{"type":"number"},"signed":{"type":"boolean"},
            "topics":{"type":"array","items":{"type":"string"}},"buyer":{},"due":{}},
            "required":["title","mood","best","pages","price","signed","topics","buyer","due"],"additionalProperties":false}
            """.ReplaceLineEndings(""),
            AnswerSchema.Of(new Form()).ToJsonString()
        );

    private sealed class Form : LettersTask
    {
        public override IReadOnlyList<FieldInfo> OutputFields =>
            [
                new("title", "text", "", []),
                new("mood", "label", "", []),
                new("best", "choice", "", []),
                new("pages", "int", "", []),
                new("price", "float", "", []),
                new("signed", "bool", "", []),
                new("topics", "labels", "", []),
                new("buyer", "record", "", []),
                new("due", "string?", "", []),
            ];
    }
}
