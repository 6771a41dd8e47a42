"""List the addresses of research."""

from aiohttp import web

from appliance.server.dashboard.research import backtest, compare, data, jobs, results

RESEARCH_ROUTES = (
    web.get("/research", results.show_results),
    web.get("/research/results/{file}", results.show_result),
    web.get("/research/results/{file}/report", results.show_report),
    web.get("/research/results/{file}/zip", results.download_zip),
    web.post("/research/results/{file}/notes", results.annotate),
    web.post("/research/results/{file}/remove", results.remove),
    web.get("/research/compare", compare.show_comparison),
    web.get("/research/backtest", backtest.show_form),
    web.post("/research/backtest", backtest.start),
    web.get("/research/data", data.show_data),
    web.post("/research/data", data.start),
    web.get("/research/jobs", jobs.show_jobs),
    web.get("/research/jobs/{jobid}", jobs.show_job),
    web.post("/research/jobs/{jobid}/abort", jobs.abort),
)
