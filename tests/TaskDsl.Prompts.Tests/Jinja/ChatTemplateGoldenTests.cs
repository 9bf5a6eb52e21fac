using System.Text.Json;
using TaskDsl.HuggingFace.ChatTemplates.Jinja;
using Xunit;

namespace TaskDsl.Prompts.Tests.Jinja;

/// <summary>Templates in the manner of well-known models, rendered by transformers 4.57.6.</summary>
public class ChatTemplateGoldenTests
{
    [Fact]
    public void Templates_render_as_in_transformers()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(JinjaReferenceTests.Golden("chat_templates.json")));
        var root = file.RootElement;
        var compared = 0;
        foreach (var @case in root.GetProperty("cases").EnumerateArray())
        {
            var template = root.GetProperty("templates").GetProperty(@case.GetProperty("template").GetString()!).GetString()!;
            var variables = $$"""
                {"messages": {{@case.GetProperty("messages").GetRawText()}}, "tools": {{@case.GetProperty(
                    "tools"
                ).GetRawText()}}, "documents": null,
                 "add_generation_prompt": {{@case.GetProperty("add_generation_prompt").GetRawText()}},
                 "bos_token": {{root.GetProperty("bos_token").GetRawText()}}, "eos_token": {{root.GetProperty("eos_token").GetRawText()}}}
                """;
            if (@case.TryGetProperty("error", out var error))
                Assert.Equal(error.GetString(), Assert.Throws<JinjaException>(() => Variables.Render(template, variables)).Message);
            else
                Assert.Equal(@case.GetProperty("out").GetString(), Variables.Render(template, variables));
            compared++;
        }

        Assert.Equal(70, compared);
    }
}
