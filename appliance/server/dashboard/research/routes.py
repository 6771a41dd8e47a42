"""List the addresses of research."""

from aiohttp import web

from appliance.server.dashboard.research import analyses, backtest, compare, data, jobs, results, searches

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
    web.get("/research/searches", searches.show_searches),
    web.get("/research/searches/{file}", searches.show_search),
    web.get("/research/searches/{file}/report", searches.show_search_report),
    web.get("/research/analyses", analyses.show_analyses),
    web.get("/research/lookahead", analyses.show_lookahead),
    web.post("/research/lookahead", analyses.start_lookahead),
    web.get("/research/recursive", analyses.show_recursive),
    web.post("/research/recursive", analyses.start_recursive),
    web.get("/research/replay", analyses.show_replay),
    web.post("/research/replay", analyses.start_replay),
    web.get("/research/data", data.show_data),
    web.post("/research/data", data.start),
    web.get("/research/jobs", jobs.show_jobs),
    web.get("/research/jobs/{jobid}", jobs.show_job),
    web.post("/research/jobs/{jobid}/abort", jobs.abort),
)
