using TaskDsl.Formats;
using TaskDsl.Tasks;
using TaskDsl.Torch.Tests.Training;

namespace TaskDsl.Torch.Tests.Batching;

/// <summary>The letters as if each had these entities, written kind/text.</summary>
internal sealed class EntitiesTask(params string[] entities) : HeadLettersTask
{
    public override OutputFormat Format => new EntitiesFormat();

    public override IReadOnlyList<FieldInfo> OutputFields => [new("facts", "entities", "", ["who", "when"])];

    public override IReadOnlyList<OutputItem> Items(object output) =>
        [.. entities.Select(e => new OutputItem($"facts/{e.Split('/')[0]}", e.Split('/')[1]))];
}
