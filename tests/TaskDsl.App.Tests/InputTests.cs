using System.Text.Json;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;

namespace TaskDsl.App.Tests;

/// <summary>What a web API gets and gives.</summary>
public sealed class InputTests
{
    [Theory]
    [InlineData("{}", "missing")]
    [InlineData("""{"Note":null}""", "missing")]
    [InlineData("""{"Note":" \n"}""", "blank")]
    public async Task Nothing_is_not_answered(string json, string what)
    {
        using var folder = new TempFolder();
        using var model = ModelFolders.Write(folder.Path);
        var input = JsonSerializer.Deserialize<Weather.Input>(json)!;
        var error = await Assert.ThrowsAsync<InputException>(() => model.PredictAsync(Weather.Task, WeatherPrompt.Default, input));
        Assert.Equal($"task 'weather': the input 'note' is {what}; it needs a text.", error.Message);
    }

    [Fact]
    public void A_label_is_its_key_in_JSON()
    {
        Assert.Equal("""{"Sky":"rainy"}""", JsonSerializer.Serialize(new Weather.Output(Weather.Sky.Rainy)));
        Assert.Equal(Weather.Sky.Sunny, JsonSerializer.Deserialize<Weather.Output>("""{"Sky":"sunny"}""")!.Sky);
        Assert.Equal("""["sunny"]""", JsonSerializer.Serialize(LabelSet.Create([Weather.Sky.Sunny])));
    }
}
