using TaskDsl.Torch.Safetensors;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Safetensors;

public sealed class SafetensorsFolderTests : TorchTest
{
    [Fact]
    public void Shards_are_read_as_one()
    {
        using var folder = Sharded("""{"a": "one.safetensors", "b": "two.safetensors"}""");
        using var weights = SafetensorsFolder.Open(folder.Path);
        Assert.Equal(["a", "b"], weights.Names.Order());
        Close(full(2, 7f), weights.Read("b", 2), 0);
    }

    [Theory]
    [InlineData("""{"a": "one.safetensors", "b": "one.safetensors"}""", "b", "in the index but not in the file")]
    [InlineData("""{"b": "two.safetensors", "c": "one.safetensors"}""", "a", "in the file but not in the index")]
    [InlineData("""{"a": "three.safetensors"}""", "a", "not there")]
    [InlineData("""{"a": "../one.safetensors"}""", "a", "beside the index")]
    [InlineData("""{"a": 3}""", null, "no index")]
    [InlineData("[", null, "no index")]
    public void An_index_that_lies_is_refused(string map, string? tensor, string problem)
    {
        using var folder = Sharded(map);
        var thrown = Assert.Throws<SafetensorsException>(() => SafetensorsFolder.Open(folder.Path));
        Assert.Equal(tensor, thrown.Tensor);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_weights_is_named()
    {
        using var folder = new TempFolder();
        Assert.Contains(folder.Path, Assert.Throws<FileNotFoundException>(() => SafetensorsFolder.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static TempFolder Sharded(string map)
    {
        var folder = new TempFolder();
        SafetensorsFile.Write(folder.File("one.safetensors"), [new("a", zeros(3))]);
        SafetensorsFile.Write(folder.File("two.safetensors"), [new("b", full(2, 7f))]);
        File.WriteAllText(folder.File("model.safetensors.index.json"), $$"""{"metadata": {}, "weight_map": {{map}}}""");
        return folder;
    }
}
